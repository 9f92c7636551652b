/// <reference lib="dom" />
/** Data channels in a worker: what keeps the page busy does not hold up a film. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { mediaUrl } from "../../src/player/media/media_url.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const SIZE = 2_000_000_000;

/** How long the page does nothing but count, in milliseconds. */
const BUSY_MS = 3_000;

/** What has been handed over when it begins still arrives; after that much time, in milliseconds, it is new. */
const HANDED_OVER_MS = 500;

/** The page's `Client.id`, as its service worker knows it. */
function clientIdOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise<MessageEvent>((resolve) => port1.onmessage = resolve);
    navigator.serviceWorker.controller!.postMessage({ type: "who-am-i" }, [port2]);
    return (await answer).data.clientId;
  });
}

Deno.test({
  name: "channels: a page that is busy holds up no bytes that another reads over its connection",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    // No disk space: it is one hole.
    await Deno.truncate(await share.put("film.bin", ""), SIZE);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await browser.open(box.link);
    await page.waitForSelector("a.entry");
    assert.ok(page.workers().some((worker) => worker.url().endsWith("/channel_worker.js")));
    const url = mediaUrl({ clientId: await clientIdOf(page), path: "film.bin", download: false });

    const { page: reader } = await browser.open(box.link.origin);
    await reader.waitForFunction(() => navigator.serviceWorker.controller !== null);
    // Reads until it is told to stop, and notes when how much came.
    await reader.evaluate(async (url) => {
      const world = globalThis as unknown as { came: [number, number][]; stop: () => void };
      const body = (await fetch(url)).body!.getReader();
      world.came = [];
      world.stop = () => void body.cancel();
      const read = async () => {
        for (let next = await body.read(); !next.done; next = await body.read()) {
          world.came.push([performance.timeOrigin + performance.now(), next.value.byteLength]);
        }
      };
      void read();
    }, url);
    await reader.waitForFunction(() => (globalThis as unknown as { came: unknown[] }).came.length > 0);
    const [begin, end] = await page.evaluate((ms) => {
      const begin = performance.now();
      while (performance.now() < begin + ms);
      return [performance.timeOrigin + begin, performance.timeOrigin + begin + ms];
    }, BUSY_MS);
    const came = await reader.evaluate(([from, to]) => {
      const world = globalThis as unknown as { came: [number, number][]; stop: () => void };
      world.stop();
      return world.came.reduce((sum, [at, size]) => at >= from! && at < to! ? sum + size : sum, 0);
    }, [begin! + HANDED_OVER_MS, end!]);
    assert.ok(came > 2_000_000, `${came} bytes`);
    assert.deepEqual(problems, []);
  },
});
