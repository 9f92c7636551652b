/// <reference lib="dom" />
import type { Timeline } from "./timeline.ts";

/** Notes when films show their first picture, and when they run dry and go on. */
export function noteFrames(timeline: Timeline): void {
  const note = (type: string, name: string) =>
    // Media events do not bubble, but are captured on their way down.
    document.addEventListener(type, (event) => {
      if (event.target instanceof HTMLMediaElement) timeline.add(name);
    }, true);
  note("loadeddata", "first-frame");
  note("waiting", "film-waits");
  note("playing", "film-plays");
}
