/// <reference lib="dom" />
/** A page that came over plain HTTP from another machine has no service worker, and has to do without. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeMp4, makePicture } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { pattern } from "./support/scripted_agent.ts";

const hasNetwork = Deno.networkInterfaces().some(({ address, family }) =>
  family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
);

Deno.test({
  name: "over plain HTTP a page without a service worker downloads, plays and shows pictures",
  ignore: ignoreBrowser || !hasNetwork,
  async fn() {
    const share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    try {
      await Promise.all([makeMp4(`${share}/film.mp4`), makePicture(`${share}/picture.png`)]);
      await Deno.writeFile(`${share}/data.bin`, pattern(3_000_000));
      await using box = await Box.start(share, "0.0.0.0:0");
      await using browser = await Browser.start();
      const { page, problems } = await browser.open(box.link);
      await page.waitForSelector("a.entry");
      assert.equal(await page.evaluate(() => isSecureContext), false);

      const started = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download data.bin" }).click();
      const received = await Deno.readFile(await (await started).path());
      assert.ok(Buffer.compare(received, pattern(3_000_000)) === 0);

      await page.locator('a.entry[data-path="film.mp4"]').click();
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.3);
      await page.goto(`${box.link.href}&path=picture.png`);
      await page.waitForFunction(() =>
        (document.querySelector(".stage img") as HTMLImageElement)?.naturalWidth === 320
      );
      assert.deepEqual(problems, []);
      await page.close();
    } finally {
      await Deno.remove(share, { recursive: true });
    }
  },
});
