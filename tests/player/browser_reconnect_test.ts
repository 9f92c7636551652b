/// <reference lib="dom" />
/** The box goes away in the middle and comes back: what was under way goes on by itself. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeLargeMp4 } from "./support/media.ts";
import { countFilmBytes, gapOf } from "./support/gap.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { Setup } from "./support/setup.ts";
import { TwoNetworks } from "./support/two_networks.ts";

const TOKEN = "a-token-that-stays-the-same-0123456789";
const SEEK_TO = 50;

/** Longer than any silence after which the page would act. */
const ASLEEP_MS = 20_000;

const lacking = ignoreBrowser ? "are left out with the browser" : await TwoNetworks.lacks();
if (lacking && !ignoreBrowser) {
  await Deno.stderr.write(new TextEncoder().encode(`The tests of faults of the network ${lacking}.\n`));
}

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

/** What happens while a film plays that needs bytes of after. */
const FAULTS: Record<string, (networks: TwoNetworks, setup: Setup) => Promise<void>> = {
  "the box has another address": (networks) => networks.renumberBox(),
  "the box is killed and starts again": async (_, setup) => {
    await setup.kill("box");
    await setup.startBox();
  },
  "the relay is killed and starts again": async (_, setup) => {
    await setup.kill("relay");
    await setup.startRelay();
  },
};

for (const [name, fault] of Object.entries(FAULTS)) {
  Deno.test({
    name: `a film goes on without a click: ${name}`,
    ignore: lacking !== undefined,
    async fn() {
      const share = await Deno.makeTempDir({ prefix: "unarr-share-" });
      try {
        await makeLargeMp4(`${share}/film.mp4`);
        await using networks = await TwoNetworks.make();
        await using setup = await Setup.make({
          share,
          listen: `${TwoNetworks.router}:8090`,
          relayThrough: networks.router,
          boxThrough: networks.box,
        });
        await setup.startRelay();
        await setup.startBox();
        await using browser = await Browser.start({ through: networks.viewer, secureOrigin: setup.origin });
        const page = await browser.context.newPage();
        await countFilmBytes(page);
        await page.goto(setup.link({ path: "film.mp4" }));
        await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1);
        await gapOf(page, () => fault(networks, setup), SEEK_TO);
        assert.equal(await page.locator(".problem").count(), 0);
        // What the page loads next needs the relay and the box to know each other again.
        await page.reload();
        await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) > 2, undefined, {
          timeout: 60_000,
        });
      } finally {
        await Deno.remove(share, { recursive: true });
      }
    },
  });
}

Deno.test({
  name: "a tab that slept while the box started again comes back with its film",
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
      await browser.sleep(true);
      try {
        await box.stop("SIGKILL");
        box = await Box.start(share, url.host, TOKEN);
        await new Promise((resolve) => setTimeout(resolve, ASLEEP_MS));
      } finally {
        await browser.sleep(false);
      }
      await page.evaluate((place) => document.querySelector("video")!.currentTime = place, SEEK_TO);
      await page.waitForFunction(
        (place) => {
          const video = document.querySelector("video")!;
          return !video.seeking && !video.paused && video.currentTime > place + 0.5;
        },
        SEEK_TO,
        { timeout: 90_000 },
      );
      assert.equal(await page.locator(".problem").count(), 0);
    } finally {
      await box?.stop();
      await Deno.remove(share, { recursive: true });
    }
  },
});
