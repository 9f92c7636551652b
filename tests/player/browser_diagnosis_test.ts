/// <reference lib="dom" />
/** What the page says when something is wrong, each made to happen for real, and what a report holds. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { freePort } from "../support/free_port.ts";
import { Browser } from "./support/browser.ts";
import { makeMp4 } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { Setup, TOKEN } from "./support/setup.ts";
import { TwoNetworks } from "./support/two_networks.ts";

/** Chromium takes 16 s to give up on ICE; a busy machine longer. */
const LONG_MS = 90_000;

const lacking = ignoreBrowser ? "is left out with the browser" : await TwoNetworks.lacks();
if (lacking && !ignoreBrowser) {
  await Deno.stderr.write(new TextEncoder().encode(`The test of a network without UDP ${lacking}.\n`));
}

async function title(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => [...document.querySelectorAll(".problem h2")].some((title) => title.textContent === text),
    text,
    { timeout: LONG_MS },
  );
}

function open(page: Page): Promise<unknown> {
  return page.waitForSelector('.status[data-state="open"]', { timeout: LONG_MS });
}

Deno.test({
  name: "what is wrong is said, and the page goes on by itself when it is put right",
  ignore: ignoreBrowser,
  async fn() {
    const share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    await using setup = await Setup.make({
      share,
      listen: `127.0.0.1:${freePort()}`,
      serve: ["--max-sessions", "1"],
    });
    try {
      await setup.startRelay();
      await using browser = await Browser.start();
      const { page } = await browser.open(`${setup.origin}/#token=a-token-of-another-box`);
      await title(page, "This link does not work any more");
      assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 1);

      const { page: first } = await browser.open(setup.link());
      await title(first, "No box found");
      assert.match(await first.locator("#notice .hint").textContent() ?? "", /Try/);
      await setup.startBox();
      await open(first);
      assert.equal(await first.locator(".problem").count(), 0);

      const { page: second } = await browser.open(setup.link());
      await title(second, "Too many viewers");
      assert.match(await second.locator(".command").textContent() ?? "", /--max-sessions/);
      await first.close();
      await open(second);

      setup.box!.signal("SIGTERM");
      await title(second, "The box is offline");
      await setup.kill("relay");
      await title(second, "No connection to the relay");
      await setup.startRelay();
      await setup.startBox();
      await open(second);
      assert.equal(await second.locator(".problem").count(), 0);
    } finally {
      await Deno.remove(share, { recursive: true });
    }
  },
});

Deno.test({
  name: "a browser without WebRTC is told what to switch on",
  ignore: ignoreBrowser,
  async fn() {
    await using setup = await Setup.make({ share: "tests/media", listen: `127.0.0.1:${freePort()}` });
    await setup.startRelay();
    await setup.startBox();
    await using browser = await Browser.start();
    await browser.context.addInitScript(() => {
      // deno-lint-ignore no-explicit-any
      delete (globalThis as any).RTCPeerConnection;
    });
    const { page } = await browser.open(setup.link());
    await title(page, "This browser cannot connect to the box");
    assert.match(await page.locator(".steps").textContent() ?? "", /media\.peerconnection\.enabled/);
  },
});

Deno.test({
  name: "a network that lets no UDP through is told apart, with what was seen and what would help",
  ignore: lacking !== undefined,
  async fn() {
    await using networks = await TwoNetworks.make();
    await using setup = await Setup.make({
      share: "tests/media",
      listen: `${TwoNetworks.router}:8090`,
      relayThrough: networks.router,
      boxThrough: networks.box,
    });
    await setup.startRelay();
    await setup.startBox();
    await networks.drop("ip protocol udp");
    await using browser = await Browser.start({ through: networks.viewer });
    const { page } = await browser.open(setup.link());
    await title(page, "The box could not be reached");
    assert.match(await page.locator(".command").textContent() ?? "", /--ice-server stun:/);
    const seen = await page.locator(".seen li").allTextContents();
    assert.ok(seen.includes("No STUN or TURN server was named."), seen.join(" "));
    assert.ok(seen.some((line) => /^Checks: [1-9]\d* sent, 0 answered/.test(line)), seen.join(" "));
    await networks.drop();
    await open(page);
    await page.waitForFunction(() => /Same network.*ms/.test(document.querySelector(".badge")!.textContent!));
  },
});

Deno.test({
  name: "the badge opens a panel with the figures, and a report holds nothing that is secret",
  ignore: ignoreBrowser,
  async fn() {
    const share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    await using setup = await Setup.make({ share, listen: `127.0.0.1:${freePort()}` });
    try {
      await makeMp4(`${share}/a secret name.mp4`);
      await setup.startRelay();
      await setup.startBox();
      await using browser = await Browser.start();
      const sdp: string[] = [];
      await browser.context.exposeFunction("noteSdp", (text: string) => void sdp.push(text));
      await browser.context.addInitScript(() => {
        for (const name of ["setLocalDescription", "setRemoteDescription"] as const) {
          const before = RTCPeerConnection.prototype[name];
          RTCPeerConnection.prototype[name] = function (this: RTCPeerConnection, description: never) {
            const { sdp } = description as RTCSessionDescriptionInit;
            (globalThis as unknown as { noteSdp(text: string): void }).noteSdp(sdp ?? "");
            return Reflect.apply(before, this, [description]);
          };
        }
      });
      await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const link = `${setup.link({ path: "a secret name.mp4" })}&debug`;
      const { page, problems } = await browser.open(link);
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.5);
      assert.equal(new URL(page.url()).search, "?debug", "it stays with the next folder");
      assert.ok(page.url().includes(`token=${TOKEN}`));

      const badge = page.locator(".badge");
      assert.equal(await badge.getAttribute("aria-expanded"), "false");
      await badge.focus();
      await page.keyboard.press("Enter");
      assert.equal(await badge.getAttribute("aria-expanded"), "true");
      const facts = await page.getByRole("region", { name: "Connection" }).innerText();
      assert.match(facts, /Directly, inside your network/);
      assert.match(facts, /UDP over IPv[46]/);
      await page.keyboard.press("Escape");
      assert.equal(await badge.getAttribute("aria-expanded"), "false");
      assert.equal(await page.locator("video").count(), 1, "Escape closed the panel, not the film");

      await page.getByRole("button", { name: "Copy report" }).click();
      await page.getByText("Copied.").waitFor();
      const report = await page.evaluate(() => navigator.clipboard.readText());
      for (
        const name of ["relay-asked", "offer-sent", "channel-open", "hello", "first-byte", "first-frame"]
      ) {
        assert.match(report, new RegExp(`^ *\\d+ {2}${name}\\b`, "m"), name);
      }
      assert.match(report, /connection connected, ice (connected|completed)/);
      assert.match(report, /^ {2}file: open/m);
      assertNothingSecret(report, sdp.join("\n"));
      assert.deepEqual(problems, []);
    } finally {
      await Deno.remove(share, { recursive: true });
    }
  },
});

function assertNothingSecret(report: string, sdp: string): void {
  assert.ok(!report.includes(TOKEN), "token");
  assert.doesNotMatch(report, /secret|\.mp4/, "name of a file");
  const values = [...sdp.matchAll(/a=(?:ice-ufrag|ice-pwd|fingerprint):(?:sha-256 )?(\S+)/g)];
  assert.ok(values.length >= 6, "what is looked for is known");
  for (const [line, value] of values) assert.ok(!report.includes(value!), line);
  // Browsers write their versions like addresses.
  const lines = report.split("\n").filter((line) => !line.startsWith("Browser:")).join("\n");
  assert.doesNotMatch(lines, /\d+\.\d+\.\d+\.\d+|\.local|[0-9a-f]*::|([0-9a-f]{2,4}:){3}/i, "address");
}
