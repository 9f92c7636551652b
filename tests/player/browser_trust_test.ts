/// <reference lib="dom" />
/** Links with keys in a real browser: what they open, what they do not, and what is said of it. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { toBase64Url } from "../../src/trust/base64url.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { formatGrant, linkKey, newGrant } from "../../src/trust/grant.ts";
import { freePort } from "../support/free_port.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Browser } from "./support/browser.ts";
import { makeMp4 } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { Setup, TOKEN } from "./support/setup.ts";

const LONG_MS = 90_000;

/** A box with a key of its own, some folders, and links to them. */
class Stage implements AsyncDisposable {
  readonly key = BoxKey.generate();
  #setup!: Setup;
  readonly #directories: TempDir[] = [];

  static async start({ film = false, serve = [] as string[] } = {}): Promise<Stage> {
    const stage = new Stage();
    const [share, keys] = [await TempDir.make(), await TempDir.make()];
    stage.#directories.push(share, keys);
    await share.put("films/Alien/notes.txt", "In space");
    await share.put("films/Alien/deep/more.txt", "no one can hear");
    await share.put("films/other.txt", "not for everybody");
    if (film) await makeMp4(`${share.path}/films/a.mp4`);
    const identity = await keys.put("identity", stage.key.format());
    stage.#setup = await Setup.make({
      share: share.path,
      listen: `127.0.0.1:${freePort()}`,
      serve: ["--identity-file", identity, ...serve],
    });
    await stage.#setup.startRelay();
    await stage.#setup.startBox();
    return stage;
  }

  /** The player's address for a grant. */
  link(scope: Parameters<typeof newGrant>[0], more: Record<string, string> = {}): string {
    const grant = formatGrant(newGrant(scope));
    const box = toBase64Url(this.key.publicKey);
    return this.#setup.link({ box, grant, key: toBase64Url(linkKey(this.key, grant)), ...more });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#setup[Symbol.asyncDispose]();
    for (const directory of this.#directories) await directory[Symbol.asyncDispose]();
  }
}

const WHOLE = { path: "", kind: "folder", list: true } as const;

function titled(page: Page, text: string): Promise<unknown> {
  return page.waitForFunction(
    (text) => [...document.querySelectorAll(".problem h2")].some((title) => title.textContent === text),
    text,
    { timeout: LONG_MS },
  );
}

function open(page: Page): Promise<unknown> {
  return page.waitForSelector('.status[data-state="open"]', { timeout: LONG_MS });
}

async function crumbs(page: Page): Promise<string[]> {
  return await page.locator(".breadcrumb li").allTextContents();
}

Deno.test({
  name: "links with keys: whoever answers in the box's place is refused in red, and there is no way past it",
  ignore: ignoreBrowser,
  async fn() {
    await using stage = await Stage.start({ serve: ["--open"] });
    await using browser = await Browser.start();
    const address = stage.link(WHOLE);
    const fields = new URLSearchParams(new URL(address).hash.slice(1));

    // The box shows who it is, and is not the one of the link.
    const otherKey = toBase64Url(BoxKey.generate().publicKey);
    const other = new URL(address);
    other.hash = String(new URLSearchParams({ token: TOKEN, box: otherKey }));
    const { page } = await browser.open(other);
    await titled(page, "This is not your box");
    assert.match(await page.locator(".problem.refusal").innerText(), /pretends to be it/);
    await page.close();

    // The relay leaves out who has answered.
    const stripped = await browser.context.newPage();
    await stripped.addInitScript(() => {
      const parse = JSON.parse;
      JSON.parse = (text, reviver) => {
        const value = parse(text, reviver);
        if (value?.identity) delete value.identity;
        return value;
      };
    });
    await stripped.goto(address);
    await titled(stripped, "This is not your box");
    const refusal = stripped.locator(".problem.refusal");
    assert.match(await refusal.innerText(), /does not come from your box/);
    assert.deepEqual(await stripped.locator("#notice button").allTextContents(), ["Try again"]);
    assert.equal(await stripped.locator("#notice a").count(), 0);
    assert.equal(await stripped.locator("#search").isHidden(), true);
    const red = await refusal.evaluate((element) => getComputedStyle(element).borderColor);
    const [r, g, b] = red.match(/\d+/g)!.map(Number);
    assert.ok(r! > 2 * g! && r! > 2 * b!, red);

    // What is shown for help names none of it, and nothing was tried again.
    await stripped.goto(`${address}&debug`);
    await stripped.reload();
    await titled(stripped, "This is not your box");
    await stripped.getByText("answer-refused missing").waitFor();
    const text = await stripped.locator("body").innerText();
    assert.doesNotMatch(text, /waiting/);
    for (const name of ["box", "grant", "key", "token"]) assert.ok(!text.includes(fields.get(name)!), name);
    const stored = await stripped.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    for (const name of ["box", "grant", "key", "token"]) assert.ok(!stored.includes(fields.get(name)!), name);
  },
});

Deno.test({
  name: "links with keys: one that has expired, or is not valid yet, or is broken, says so",
  ignore: ignoreBrowser,
  async fn() {
    await using stage = await Stage.start();
    await using browser = await Browser.start();
    const now = Math.floor(Date.now() / 1_000);
    const said: Record<string, string> = {
      [stage.link({ ...WHOLE, exp: now - 60 })]: "This link has expired",
      [stage.link({ ...WHOLE, nbf: now + 3_600 })]: "This link is not valid yet",
      [stage.link(WHOLE, { key: toBase64Url(new Uint8Array(32)) })]: "The box does not know this link",
      [stage.link(WHOLE).replace(/&key=.*/, "")]: "This link is not whole",
      [stage.link(WHOLE).replace(/.$/, "")]: "This link is not whole",
      [stage.link(WHOLE).replace(/&box=.*/, "")]: "This link is not enough",
    };
    for (const [link, title] of Object.entries(said)) {
      const { page } = await browser.open(link);
      await titled(page, title);
      assert.equal(await page.locator(".problem.refusal").count(), 0);
      await page.close();
    }
    // A link that is pasted keeps all of it.
    const link = stage.link(WHOLE);
    const { page } = await browser.open(link.replace(/#.*/, ""));
    await page.getByLabel("Link or token").fill(link);
    await page.getByRole("button", { name: "Open" }).click();
    await open(page);
    assert.equal(page.url(), link);
  },
});

Deno.test({
  name: "links with keys: a folder is the top of all there is, and the link stays whole wherever one goes",
  ignore: ignoreBrowser,
  async fn() {
    await using stage = await Stage.start();
    await using browser = await Browser.start();
    const link = stage.link({ path: "films/Alien", kind: "folder", list: true });
    const { page, problems } = await browser.open(link);
    await page.waitForSelector("a.entry", { timeout: LONG_MS });
    assert.deepEqual(await crumbs(page), ["Alien"]);
    assert.deepEqual(await page.locator("a.entry .name").allTextContents(), ["deep", "notes.txt"]);
    await page.keyboard.press("Backspace");
    assert.equal(page.url(), link, "there is nothing above");
    await page.getByRole("link", { name: "deep" }).click();
    await page.getByRole("link", { name: "more.txt" }).first().click();
    await page.getByText("no one can hear").waitFor();
    assert.deepEqual(await crumbs(page), ["Alien", "deep"]);
    assert.ok(page.url().startsWith(`${link}&path=films/Alien/deep/more.txt`));
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => location.hash.endsWith("&path=films/Alien/deep/"));
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => location.hash.endsWith("&path=films/Alien/"));
    await page.locator("#search-input").fill("more");
    await page.getByRole("link", { name: "more.txt" }).first().waitFor();
    assert.ok(page.url().startsWith(`${link}&search=more`));
    await page.locator("#home").click();
    await page.waitForFunction(() => document.querySelectorAll("a.entry").length === 2);
    assert.equal(page.url(), link);
    assert.deepEqual(problems, []);

    const { page: outside } = await browser.open(`${link}&path=films/`);
    await outside.getByText("This link does not show what is in this folder.").waitFor({ timeout: LONG_MS });
    await outside.getByRole("link", { name: "Go to Alien" }).click();
    await outside.getByRole("link", { name: "notes.txt" }).first().waitFor();
  },
});

Deno.test({
  name: "links with keys: a film is shown at once, and nothing beside it",
  ignore: ignoreBrowser,
  async fn() {
    await using stage = await Stage.start({ film: true });
    await using browser = await Browser.start();
    const link = stage.link({ path: "films/a.mp4", kind: "file", list: false });
    const { page, problems } = await browser.open(link);
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2, undefined, {
      timeout: LONG_MS,
    });
    assert.equal(page.url(), link);
    assert.equal(await page.locator(".breadcrumb").isHidden(), true);
    assert.equal(await page.locator("#search").isHidden(), true);
    await page.locator("main").press("Escape");
    assert.equal(page.url(), link);
    assert.deepEqual(problems, []);

    // One that lists nothing opens what its address names.
    const unlisted = stage.link({ path: "films", kind: "folder", list: false });
    const { page: second } = await browser.open(unlisted);
    await second.getByText("Open the whole link that you were given").waitFor({ timeout: LONG_MS });
    await second.goto(`${unlisted}&path=films/other.txt`);
    await second.getByText("not for everybody").waitFor({ timeout: LONG_MS });
  },
});
