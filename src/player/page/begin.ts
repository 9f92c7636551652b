/// <reference lib="dom" />
import { button, icon } from "./dom.ts";

/**
 * Plays a film as soon as there is a picture. Where the browser wants to be asked by hand first, as it does of a
 * link that was opened from elsewhere, a large button is in the middle of the picture.
 *
 * @param stage holds the film, and takes the button
 * @param signal ends it
 */
export function beginPlaying(media: HTMLMediaElement, stage: HTMLElement, signal: AbortSignal): void {
  media.addEventListener("loadeddata", () => {
    media.play().catch((error: DOMException) => {
      if (error.name !== "NotAllowedError" || signal.aborted) return;
      const start = button(icon("play"), () => void media.play().catch(() => {}), {
        class: "begin",
        "aria-label": "Play",
      });
      stage.append(start);
      media.addEventListener("play", () => {
        const hadFocus = document.activeElement === start;
        start.remove();
        if (hadFocus) media.focus();
      }, { once: true });
    });
  }, { once: true, signal });
}
