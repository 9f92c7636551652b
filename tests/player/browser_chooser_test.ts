/// <reference lib="dom" />
/** A relay that knows several boxes: the page asks which. */
import assert from "node:assert/strict";
import { createRelay } from "../../src/relay/app.ts";
import { playerAssets } from "../../src/daemon/player_assets.ts";
import { Browser } from "./support/browser.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const AGENT = "agent-token-0123456789abcdef0123";
const VIEWER = "viewer-token-0123456789abcdef012";

Deno.test({
  name: "several boxes are offered by name, and the choice is part of the address",
  ignore: ignoreBrowser,
  async fn() {
    const assets = await playerAssets(new URL("../../dist/player/", import.meta.url));
    const relay = createRelay({ agentTokens: [AGENT], viewerTokens: [VIEWER], assets });
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => relay.fetch(request),
    );
    const base = `http://127.0.0.1:${server.addr.port}`;
    for (const [agentId, name] of [["box-1", "Attic"], ["box-2", "<b>Cellar</b>"]]) {
      const response = await fetch(`${base}/api/internal/agent/register`, {
        method: "POST",
        headers: { authorization: `Bearer ${AGENT}`, "content-type": "application/json" },
        body: JSON.stringify({ agentId, name, version: "1.0.0" }),
      });
      await response.body?.cancel();
    }
    await using browser = await Browser.start();
    const { page } = await browser.open(`${base}/#token=${VIEWER}`);
    await page.waitForSelector(".agents a");
    assert.deepEqual(await page.locator(".agents .name").allTextContents(), ["Attic", "<b>Cellar</b>"]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.includes("agent=box-2"));
    await page.waitForSelector('.status[data-state="waiting"]');
    assert.match(await page.locator(".problem").textContent() ?? "", /offline/);
    await page.close();
    relay.close();
  },
});
