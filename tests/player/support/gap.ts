/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** What a fault did to a film, in milliseconds; without a seek the buffer may have covered all of it. */
export interface Gap {
  /** From the fault to the next byte of the film. */
  readonly toFirstByte: number;
  /** The longest time for which the picture stood still. */
  readonly stoodStill: number;
}

interface Watch {
  lastByteAt: number;
  stillSince: number;
  longest: number;
}

declare global {
  var gapWatch: Watch;
}

/**
 * Has the page notice bytes of films, before any of its scripts runs. They come to a worker, which tells the page
 * four times a second.
 */
export async function countFilmBytes(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.gapWatch = { lastByteAt: 0, stillSince: 0, longest: 0 };
    globalThis.Worker = class extends Worker {
      constructor(script: string | URL, options?: WorkerOptions) {
        super(script, options);
        this.addEventListener("message", ({ data }) => {
          if (data.type === "status" && data.news.received > 0) globalThis.gapWatch.lastByteAt = Date.now();
        });
      }
    };
  });
}

/** Begins to watch the film for a picture that stands still. */
async function watchPicture(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watch = globalThis.gapWatch;
    const video = document.querySelector("video")!;
    let shown = -1;
    watch.longest = 0;
    watch.stillSince = Date.now();
    const look = () => {
      const now = Date.now();
      if (video.currentTime !== shown && !video.seeking) {
        watch.longest = Math.max(watch.longest, now - watch.stillSince);
        watch.stillSince = now;
        shown = video.currentTime;
      }
      if (document.contains(video)) setTimeout(look, 50);
    };
    look();
  });
}

/**
 * Does `fault` to a film that plays, and waits until it plays on with bytes that came after.
 *
 * @param seekTo a place that is not buffered, sought at the moment of the fault, in seconds
 */
export async function gapOf(page: Page, fault: () => Promise<void>, seekTo?: number): Promise<Gap> {
  await watchPicture(page);
  // By the machine's clock, which the page shares.
  const at = Date.now();
  const done = fault();
  // Awaited below.
  done.catch(() => {});
  // What was under way when the fault happened is no byte of after.
  const settled = at + 500;
  await new Promise((resolve) => setTimeout(resolve, settled - Date.now()));
  if (seekTo !== undefined) {
    await page.evaluate((place) => document.querySelector("video")!.currentTime = place, seekTo);
  }
  await done;
  await page.waitForFunction((after) => globalThis.gapWatch.lastByteAt > after, settled, {
    timeout: 90_000,
    polling: 20,
  });
  const firstByteAt = await page.evaluate(() => globalThis.gapWatch.lastByteAt);
  await page.waitForFunction(
    (place) => {
      const video = document.querySelector("video")!;
      return !video.seeking && !video.paused && video.readyState > 2 && video.currentTime > place;
    },
    (seekTo ?? await page.evaluate(() => document.querySelector("video")!.currentTime)) + 0.5,
    { timeout: 90_000 },
  );
  const stoodStill = await page.evaluate(() => globalThis.gapWatch.longest);
  return { toFirstByte: firstByteAt - at, stoodStill };
}
