/// <reference lib="dom" />
import { button, element } from "./dom.ts";
import { formatTime } from "./format.ts";
import type { Positions } from "./positions.ts";

/** Between two notes of where a film is, in milliseconds. */
const NOTE_MS = 5_000;

/** Notes where a film is while it plays. @returns ends it, with a last note */
export function notePosition(media: HTMLMediaElement, path: string, positions: Positions): () => void {
  let noted = 0;
  const note = () => {
    if (media.readyState === 0 || !Number.isFinite(media.duration)) return;
    noted = performance.now();
    positions.set(path, media.currentTime, media.duration);
  };
  const stop = new AbortController();
  const { signal } = stop;
  media.addEventListener("timeupdate", () => {
    if (!media.paused && performance.now() - noted > NOTE_MS) note();
  }, { signal });
  media.addEventListener("pause", note, { signal });
  globalThis.addEventListener("pagehide", note, { signal });
  return () => {
    note();
    stop.abort();
  };
}

/** Goes on where a film was left. @returns what says so, with a way back to the beginning */
export function goOn(media: HTMLMediaElement, at: number): HTMLElement {
  // One that began there is there already.
  if (Math.abs(media.currentTime - at) > 0.5) media.currentTime = at;
  const note = element("p", { class: "hint", role: "status" }, `Going on at ${formatTime(at)}. `);
  note.append(button("From the beginning", () => {
    media.currentTime = 0;
    note.remove();
    media.focus();
  }));
  return note;
}
