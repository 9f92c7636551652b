/// <reference lib="dom" />
/** Films that are taken apart and put together again, longer than what a browser holds of them. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeLong } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

/** Of other containers than these the index is read, not looked for. */
const FILMS = ["film.mkv", "film.ts"];

function linkTo(box: Box, path: string): URL {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, path }));
  return url;
}

/** Waits until the film has played half a second from where it is sought to last. */
async function seek(page: Page, ...shares: number[]): Promise<void> {
  await page.evaluate(async (shares) => {
    const video = document.querySelector("video")!;
    for (const share of shares) {
      video.currentTime = video.duration * share;
      // As often as a hand on the bar says so, and the worker hears of each.
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    const from = video.duration * shares.at(-1)!;
    await new Promise<void>((resolve) => {
      video.ontimeupdate = () => {
        if (!video.seeking && video.currentTime > from + 0.5 && video.currentTime < from + 20) resolve();
      };
    });
  }, shares);
}

Deno.test({
  name: "remux: a film goes on wherever it is sought to, while what was wanted before is still on its way",
  ignore: ignoreBrowser,
  async fn(test) {
    await using share = await TempDir.make();
    await makeLong(...FILMS.map((name) => `${share.path}/${name}`));
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    for (const name of FILMS) {
      await test.step(name, async () => {
        const { page, problems } = await browser.open(linkTo(box, name));
        await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
        for (const place of [0.5, 0.9, 0.3]) await seek(page, place);
        const places = Array.from({ length: 40 }, (_, i) => (i * 37 % 40) / 42);
        await seek(page, ...places, 0.7);
        assert.deepEqual(problems, []);
        await page.close();
      });
    }
  },
});

Deno.test({
  name: "remux: what was shown a while ago does not stay in memory",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeLong(`${share.path}/film.mkv`);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await browser.open(linkTo(box, "film.mkv"));
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
    const held = await page.evaluate(async () => {
      const video = document.querySelector("video")!;
      video.playbackRate = 8;
      const held: number[] = [];
      await new Promise<void>((resolve) => {
        video.ontimeupdate = () => {
          const { buffered, currentTime } = video;
          if (buffered.length > 0) held.push(buffered.end(buffered.length - 1) - buffered.start(0));
          if (currentTime > 150) resolve();
        };
      });
      return held;
    });
    // 30 s ahead, 15 s behind and what makes a lot; a fragment and a time between two looks.
    assert.ok(Math.max(...held) < 70, `${Math.max(...held)} s`);
    assert.ok(Math.max(...held) > 30, `${Math.max(...held)} s`);
    assert.deepEqual(problems, []);
    await page.close();
  },
});
