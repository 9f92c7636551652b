/// <reference lib="dom" />
/** Browser and box that have no way to each other but a TURN server, with credentials that the relay makes. */
import assert from "node:assert/strict";
import { Coturn } from "../support/coturn.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Browser } from "./support/browser.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { Setup } from "./support/setup.ts";
import { TwoNetworks } from "./support/two_networks.ts";
import { FULL } from "../support/extent.ts";

const SECRET = "a-secret-that-coturn-shares";

const lacking = ignoreBrowser
  ? "is left out with the browser"
  : await Coturn.installed()
  ? await TwoNetworks.lacks()
  : "needs coturn";
if (lacking && !ignoreBrowser) {
  await Deno.stderr.write(new TextEncoder().encode(`The test of a film through TURN alone ${lacking}.\n`));
}

Deno.test({
  name: "a film plays in Chromium through coturn only, and the badge says so",
  ignore: lacking !== undefined && !FULL,
  async fn() {
    await using secrets = await TempDir.make();
    await using networks = await TwoNetworks.make();
    // No packet goes from one side to the other but what coturn passes on.
    await networks.drop("ip daddr 10.78.0.0/16");
    await using _ = await Coturn.start([TwoNetworks.router], {
      port: 3_478,
      under: networks.router,
      secret: SECRET,
    });
    await using setup = await Setup.make({
      share: "tests/media",
      listen: `${TwoNetworks.router}:8090`,
      relayThrough: networks.router,
      boxThrough: networks.box,
      relay: [
        ...["--ice-server", `turn:${TwoNetworks.router}:3478`],
        ...["--turn-secret-file", await secrets.put("turn-secret", SECRET)],
      ],
    });
    await setup.startRelay();
    await setup.startBox();
    await using browser = await Browser.start({ through: networks.viewer });
    const { page } = await browser.open(setup.link({ path: "Test card.mp4" }));
    await page.waitForFunction(
      () => (document.querySelector("video")?.currentTime ?? 0) > 0.5,
      undefined,
      { timeout: 90_000 },
    );
    await page.waitForFunction(() => /Relayed/.test(document.querySelector(".badge")!.textContent!));
    assert.equal(await page.locator(".problem").count(), 0);
  },
});
