/// <reference lib="dom" />
/** What people who see little, or use no pointer, find: every view is looked at by axe, the way by keys is gone. */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { playerAssets } from "../../src/daemon/player_assets.ts";
import { createRelay } from "../../src/relay/app.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makePdf } from "./support/documents.ts";
import { makePicture, makeWebm } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const AGENT = "agent-token-0123456789abcdef0123";
const VIEWER = "viewer-token-0123456789abcdef012";

let share = "";
let box: Box;

if (!ignoreBrowser) {
  Deno.test.beforeAll(async () => {
    share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    await Deno.mkdir(`${share}/films/old`, { recursive: true });
    await makeWebm(`${share}/films/Show 1.webm`);
    await Deno.copyFile(`${share}/films/Show 1.webm`, `${share}/films/Show 2.webm`);
    await Promise.all(["1", "2"].map((name) => makePicture(`${share}/${name}.png`)));
    await Deno.writeTextFile(`${share}/text.txt`, "A text.\n");
    await Deno.writeFile(`${share}/text.pdf`, makePdf("A text."));
    box = await Box.start(share);
  });
  Deno.test.afterAll(async () => {
    await box?.[Symbol.asyncDispose]();
    if (share) await Deno.remove(share, { recursive: true });
  });
}

function address(fields: Record<string, string> = {}): string {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, ...fields }));
  return String(url);
}

/** A relay that knows two boxes, none of which answers. */
async function twoBoxes(): Promise<AsyncDisposable & { link: string }> {
  const assets = await playerAssets(new URL("../../dist/player/", import.meta.url));
  const relay = createRelay({ agentTokens: [AGENT], viewerTokens: [VIEWER], assets });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => relay.fetch(request),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  for (const agentId of ["attic", "cellar"]) {
    const response = await fetch(`${base}/api/internal/agent/register`, {
      method: "POST",
      headers: { authorization: `Bearer ${AGENT}`, "content-type": "application/json" },
      body: JSON.stringify({ agentId, name: agentId, version: "1.0.0" }),
    });
    await response.body?.cancel();
  }
  const dispose = async () => {
    relay.close();
    await server.shutdown();
  };
  return { link: `${base}/#token=${VIEWER}`, [Symbol.asyncDispose]: dispose };
}

/** Where each view is, and what is there when it is complete. */
const VIEWS: readonly (readonly [name: string, fields: Record<string, string>, shown: string])[] = [
  ["the library", {}, ".continue a"],
  ["search results", { search: "show" }, "a.entry"],
  ["a film", { path: "films/Show 1.webm" }, "video"],
  ["a picture", { path: "1.png" }, ".actions .place"],
  ["a text", { path: "text.txt" }, ".text"],
  ["a document", { path: "text.pdf" }, ".actions a[target]"],
  ["a file that is not there", { path: "gone.mkv" }, ".problem"],
];

/** What axe finds serious or worse, one line each. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    // The browser's own viewer of documents is not ours to mend.
    return await axe.run({ exclude: ["iframe"] }, { iframes: false });
  });
  assert.ok(passes.some(({ id }) => id === "color-contrast"), "axe has looked at it");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const phone of [false, true]) {
    Deno.test({
      name: `accessibility: axe finds nothing serious in any view, ${colorScheme}, ${
        phone ? "phone" : "desktop"
      }`,
      ignore: ignoreBrowser,
      async fn(test) {
        await using browser = await Browser.start({ colorScheme, phone });
        await using several = await twoBoxes();
        const { page } = await browser.open(new URL("/", box.link));
        const look = async (name: string, shown: string) => {
          await test.step(name, async () => {
            await page.waitForSelector(shown);
            assert.deepEqual(await findings(page), []);
          });
        };
        await look("welcome", "#link");
        await page.evaluate(() => {
          const film = { at: 12, duration: 24, left: 1 };
          localStorage.setItem("positions", JSON.stringify({ " films/Show 2.webm": film }));
        });
        for (const [name, fields, shown] of VIEWS) {
          await page.goto("about:blank");
          await page.goto(address(fields));
          await look(name, shown);
        }
        await page.goto("about:blank");
        await page.goto(address({ path: "films/Show 1.webm" }));
        await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 3);
        await page.evaluate(() => document.querySelector("video")!.currentTime = 23.5);
        await look("the next episode", ".next");
        await page.keyboard.press("?");
        await look("the list of keys", "dialog[open]");
        await page.goto("about:blank");
        await page.goto(`${new URL("/", box.link)}#token=wrong`);
        await look("a link that does not work", ".problem");
        await page.goto(several.link);
        await look("the choice of a box", ".agents a");
      },
    });
  }
}

Deno.test({
  name: "accessibility: from the link to a film, through it and back, by keys alone",
  ignore: ignoreBrowser,
  async fn() {
    await using browser = await Browser.start();
    const { page, problems } = await browser.open(address());
    await page.waitForSelector("a.entry");
    const focus = (path: string) =>
      page.waitForFunction(
        (path) => (document.activeElement as HTMLElement)?.dataset["path"] === path,
        path,
      );
    const { keyboard } = page;

    // Find it.
    await keyboard.press("/");
    await keyboard.type("show");
    await page.waitForFunction(() => document.querySelectorAll("a.entry").length === 2);
    assert.match(await page.title(), /^Search for show/);
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    await focus("films/Show 2.webm");
    await keyboard.press("ArrowUp");
    await focus("films/Show 1.webm");
    await keyboard.press("Enter");

    // Play it.
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && video.currentTime > 0.3;
    });
    assert.match(await page.title(), /^Show 1\.webm/);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "VIDEO");
    await keyboard.press("Space");
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && video.paused;
    });
    await keyboard.press("ArrowRight");
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && video.currentTime > 10 && video.currentTime < 14;
    });
    await keyboard.press("ArrowLeft");
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && video.currentTime < 4;
    });
    await keyboard.press("m");
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && video.muted;
    });
    await keyboard.press("ArrowDown");
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && Math.abs(video.volume - 0.9) < 0.01;
    });
    await keyboard.press("f");
    await page.waitForFunction(() => document.fullscreenElement?.tagName === "HTML");
    await keyboard.press("f");
    await page.waitForFunction(() => document.fullscreenElement === null);
    await keyboard.press("k");
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && !video.paused;
    });
    // Arrows within the browser's own controls are theirs.
    await keyboard.press("Tab");
    const before = await page.evaluate(() => document.querySelector("video")!.volume);
    await keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => document.querySelector("video")!.volume), before);

    await keyboard.press("Shift+Tab");

    // What the keys do.
    await keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await keyboard.press("Escape");
    await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "hidden" });
    assert.equal(await page.locator("video").count(), 1, "the key was the dialog's");

    // The next one, and back.
    await keyboard.press("n");
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Show 2.webm");
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && video.currentTime > 0.3;
    });
    await keyboard.press("Escape");
    await focus("films/Show 2.webm");
    assert.match(await page.locator("#announcer").textContent() ?? "", /films/);
    await keyboard.press("Home");
    await focus("films/old");
    await keyboard.press("s");
    await focus("films/Show 1.webm");
    await keyboard.press("Backspace");
    await focus("films");
    await keyboard.press("Backspace");
    assert.equal(new URL(page.url()).hash.includes("path"), false);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "accessibility: nothing moves for who wants no motion",
  ignore: ignoreBrowser,
  async fn() {
    await using browser = await Browser.start();
    const { page } = await browser.open(address());
    await page.waitForSelector("a.entry");
    const animation = () =>
      page.evaluate(() => {
        const status = document.querySelector<HTMLElement>(".status")!;
        status.dataset["state"] = "connecting";
        return getComputedStyle(status.querySelector(".badge")!, "::before").animationName;
      });
    assert.equal(await animation(), "breathe");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await animation(), "none");
    await page.close();
  },
});
