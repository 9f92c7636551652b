/// <reference lib="dom" />
import type { PageStorage } from "./storage.ts";

const KEY = "volume";

/**
 * Gives an element the loudness of last time, and remembers what it is changed to.
 *
 * @param signal ends it
 */
export function keepVolume(media: HTMLMediaElement, storage: PageStorage, signal: AbortSignal): void {
  const { volume, muted } = read(storage);
  media.volume = volume;
  media.muted = muted;
  media.addEventListener("volumechange", () => {
    try {
      storage.setItem(KEY, JSON.stringify({ volume: media.volume, muted: media.muted }));
    } catch {
      // A browser that keeps nothing, or has no room.
    }
  }, { signal });
}

/** What was kept, from 0 to 1; full where that is nothing of the kind. */
function read(storage: PageStorage): { volume: number; muted: boolean } {
  try {
    const { volume, muted } = JSON.parse(storage.getItem(KEY) ?? "{}");
    const isVolume = typeof volume === "number" && volume >= 0 && volume <= 1;
    return { volume: isVolume ? volume : 1, muted: muted === true };
  } catch {
    return { volume: 1, muted: false };
  }
}
