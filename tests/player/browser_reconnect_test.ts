/// <reference lib="dom" />
/** The box goes away in the middle and comes back: what was under way goes on by itself. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeLargeMp4 } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const TOKEN = "a-token-that-stays-the-same-0123456789";
const SEEK_TO = 50;

Deno.test({
  name: "a film and a download go on where they were when the box has been away",
  ignore: ignoreBrowser,
  async fn() {
    const share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    let box: Box | undefined;
    try {
      await makeLargeMp4(`${share}/film.mp4`);
      box = await Box.start(share, "127.0.0.1:0", TOKEN);
      await using browser = await Browser.start();
      const url = new URL(box.link);
      url.hash = String(new URLSearchParams({ token: TOKEN, path: "film.mp4" }));
      const { page } = await browser.open(url);
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.5);

      const started = page.waitForEvent("download");
      await page.getByRole("link", { name: "Download film.mp4" }).click();
      const download = await started;
      await page.waitForFunction(() => {
        const bar = document.querySelector<HTMLProgressElement>(".downloads progress");
        return bar !== null && bar.value > 0.02;
      });
      await box.stop();
      await page.waitForSelector('.status[data-state="waiting"]');
      const before = await page.evaluate((place) => {
        const video = document.querySelector("video")!;
        video.currentTime = place;
        const { buffered } = video;
        const isBuffered = Array.from({ length: buffered.length }, (_, i) => i)
          .some((i) => buffered.start(i) <= place && place < buffered.end(i));
        return {
          isBuffered,
          progress: document.querySelector<HTMLProgressElement>(".downloads progress")!.value,
        };
      }, SEEK_TO);
      assert.equal(before.isBuffered, false, "the seek needs the box");
      assert.ok(before.progress < 1, "the download does, too");

      box = await Box.start(share, url.host, TOKEN);
      await page.waitForFunction((place) => {
        const video = document.querySelector("video")!;
        return !video.seeking && video.currentTime > place + 0.5;
      }, SEEK_TO);
      const received = await Deno.readFile(await download.path());
      assert.ok(Buffer.compare(received, await Deno.readFile(`${share}/film.mp4`)) === 0);
      assert.equal(await page.locator(".problem").count(), 0);
      await page.close();
    } finally {
      await box?.stop();
      await Deno.remove(share, { recursive: true });
    }
  },
});
