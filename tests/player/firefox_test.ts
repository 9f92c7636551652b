/// <reference lib="dom" />
/** The whole way with Firefox: the page, the relay, the box, a data channel, a service worker, a video. */
import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Firefox } from "./support/firefox.ts";
import { makeMp4, makeWebm, SECONDS } from "./support/media.ts";
import { ignoreFirefox } from "./support/requirements.ts";
import { pattern } from "./support/scripted_agent.ts";

const FILMS = ["film.mp4", "film.webm"];

function address(box: Box, path: string): URL {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, path }));
  return url;
}

Deno.test({
  name: "firefox: films play and seek, and a file arrives byte for byte",
  ignore: ignoreFirefox,
  async fn() {
    await using share = await TempDir.make();
    const data = pattern(5_000_001);
    await Promise.all([
      makeMp4(`${share.path}/film.mp4`),
      makeWebm(`${share.path}/film.webm`),
      share.put("data.bin", data),
    ]);
    await using box = await Box.start(share.path);
    await using firefox = await Firefox.start();
    for (const name of FILMS) {
      const { page, problems } = await firefox.open(address(box, name));
      await page.waitForSelector("video");
      for (const place of [0, SECONDS / 2, 2]) {
        await page.evaluate((place) => {
          document.querySelector("video")!.currentTime = place;
        }, place);
        await page.waitForFunction(
          (place) => {
            const { paused, seeking, currentTime } = document.querySelector("video")!;
            return !paused && !seeking && currentTime > place + 0.5 && currentTime < place + 5;
          },
          {},
          place,
        );
      }
      const sum = await page.evaluate(async (name) => {
        const url = document.querySelector("video")!.src.replace(name, "data.bin");
        const bytes = await (await fetch(url)).arrayBuffer();
        return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
      }, name);
      assert.deepEqual(sum, [...new Uint8Array(await crypto.subtle.digest("SHA-256", data))]);
      assert.deepEqual(problems, []);
      await page.close();
    }
  },
});
