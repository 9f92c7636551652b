/// <reference lib="dom" />
import type { Page } from "playwright-core";

declare global {
  /** When the first picture of a film was shown, in milliseconds since the page's navigation began. */
  var firstFrameAt: Promise<number>;
}

/** Has the page note when it shows a film's first picture, before any of its scripts runs. */
export async function noteFirstFrame(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.firstFrameAt = new Promise((resolve) => {
      const look = () => {
        const video = document.querySelector("video");
        if (video === null) return;
        observer.disconnect();
        video.requestVideoFrameCallback((now) => resolve(now));
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true });
    });
  });
}

/** Milliseconds from the start of the navigation to the first picture. */
export function firstFrame(page: Page): Promise<number> {
  return page.evaluate(() => globalThis.firstFrameAt);
}

/** After which a seek counts as failed, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Milliseconds from a seek to `place`, in seconds, to the first picture from there.
 *
 * @throws {Error} with what the page says, where none comes
 */
export function seekTime(page: Page, place: number): Promise<number> {
  return page.evaluate(([place, patience]) => {
    const video = document.querySelector("video")!;
    return new Promise<number>((resolve, reject) => {
      setTimeout(() => {
        reject(new Error(`no picture from ${place} s: ${document.querySelector("main")?.innerText}`));
      }, patience);
      const began = performance.now();
      const look = (now: number, { mediaTime }: { mediaTime: number }) => {
        // A picture from before the seek may still be on its way to the screen.
        if (mediaTime < place - 0.5 || mediaTime > place + 5) video.requestVideoFrameCallback(look);
        else resolve(now - began);
      };
      video.requestVideoFrameCallback(look);
      video.currentTime = place;
    });
  }, [place, PATIENCE_MS] as const);
}

/** Whether a place, in seconds, has been loaded. */
export function isBuffered(page: Page, place: number): Promise<boolean> {
  return page.evaluate((place) => {
    const { buffered } = document.querySelector("video")!;
    return Array.from({ length: buffered.length }, (_, i) => i)
      .some((i) => buffered.start(i) <= place && place <= buffered.end(i));
  }, place);
}
