/// <reference lib="dom" />
/** What a page costs and keeps before anything is chosen, and whom it speaks to while a film plays. */
import assert from "node:assert/strict";
import type { Request } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeFormat, makeWebm } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

/** What the first load may be, compressed, in bytes. */
const BUDGET = 150_000;

/**
 * What moves without being asked to (Layout Instability API): "good" ends at 0.1. A row that comes late above a list
 * makes more than this; figures that change their width make 0.01, on a busy machine.
 */
const MAX_SHIFT = 0.03;

function linkTo(box: Box, fields: Record<string, string> = {}): URL {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, ...fields }));
  return url;
}

/** A library with a folder, films and more rows than the window has. */
async function fill(share: TempDir): Promise<void> {
  await makeWebm(`${share.path}/film.webm`);
  await makeFormat(share.path, "ac3.mkv");
  await Deno.writeTextFile(`${share.path}/film.en.srt`, "1\n00:00:00,000 --> 00:00:20,000\nA line.\n");
  await Deno.mkdir(`${share.path}/folder`);
  for (let i = 0; i < 60; i++) await Deno.writeTextFile(`${share.path}/${i}.txt`, "A text.\n");
}

/** Bytes of a request's answer as they came, with its head. */
async function received(request: Request): Promise<number> {
  const { responseBodySize, responseHeadersSize } = await request.sizes();
  return responseBodySize + responseHeadersSize;
}

Deno.test({
  name: "first load: all that comes before the library is shown is less than 150 kB",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await fill(share);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const requests: Request[] = [];
    browser.context.on("requestfinished", (request) => requests.push(request));
    const { page } = await browser.open(linkTo(box));
    await page.waitForSelector("a.entry");
    await page.waitForSelector('.status[data-state="open"]');
    const files = requests.filter((request) => !new URL(request.url()).pathname.startsWith("/api/"));
    const sizes = await Promise.all(files.map(received));
    const names = files.map((request) => new URL(request.url()).pathname);
    for (const name of ["/", "/page.js", "/page.css"]) assert.ok(names.includes(name), `${names}`);
    // What takes films apart comes when a film needs it.
    assert.ok(!names.some((name) => /remux|chunk|mediabunny/.test(name)), `${names}`);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total < BUDGET, `${total} bytes: ${names.map((name, i) => `${name} ${sizes[i]}`)}`);
    // Less than its scripts alone would be a count of nothing.
    assert.ok(total > 20_000, `${total} bytes`);
    await page.close();
  },
});

Deno.test({
  name: "first load: nothing on the page moves while it fills, from the library to a film",
  ignore: ignoreBrowser,
  async fn(test) {
    await using share = await TempDir.make();
    await fill(share);
    await using box = await Box.start(share.path);
    for (const phone of [false, true]) {
      await test.step(phone ? "phone" : "desktop", async () => {
        await using browser = await Browser.start({ phone });
        await browser.context.addInitScript(() => {
          const shifts: { value: number; what: string }[] = [];
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & LayoutShift)[]) {
              if (entry.hadRecentInput) continue;
              const nodes = entry.sources.map(({ node }) => (node as Element | null)?.outerHTML ?? "");
              shifts.push({ value: entry.value, what: nodes.map((html) => html.slice(0, 120)).join(" | ") });
            }
          }).observe({ type: "layout-shift", buffered: true });
          Object.assign(globalThis, { shifts });
        });
        const views: [string, Record<string, string>, string][] = [
          ["library", {}, "a.entry"],
          ["film", { path: "film.webm" }, "video"],
          ["film that is taken apart", { path: "ac3.mkv" }, "video"],
        ];
        for (const [name, fields, shown] of views) {
          const { page } = await browser.open(linkTo(box, fields));
          await page.waitForSelector(shown);
          // The badge has its figures, the film its duration.
          await page.waitForFunction(() => /ms/.test(document.querySelector(".figures")!.textContent!));
          if (shown === "video") {
            await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1.5);
          }
          const shifts = await page.evaluate(() =>
            (globalThis as unknown as { shifts: { value: number; what: string }[] }).shifts
          );
          const total = shifts.reduce((sum, { value }) => sum + value, 0);
          assert.ok(total <= MAX_SHIFT, `${name}: ${total}\n${JSON.stringify(shifts, undefined, 1)}`);
          await page.close();
        }
      });
    }
  },
});

/** Layout Instability API; `lib.dom` has none of it. */
interface LayoutShift {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

Deno.test({
  name: "page: it speaks to its own origin alone, and keeps the token nowhere but in its address and memory",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await fill(share);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const origins = new Set<string>();
    const addresses: string[] = [];
    browser.context.on("request", (request) => {
      const url = new URL(request.url());
      origins.add(url.protocol === "blob:" ? new URL(url.pathname).origin : url.origin);
      addresses.push(url.origin + url.pathname + url.search);
    });
    const { page, problems } = await browser.open(linkTo(box));
    await page.waitForSelector("a.entry");
    // A film as it is, one that is taken apart with decoders of its own, a search and a download.
    for (const path of ["film.webm", "ac3.mkv"]) {
      await page.evaluate((hash) => location.hash = hash, linkTo(box, { path }).hash);
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1);
    }
    await page.evaluate((hash) => location.hash = hash, linkTo(box, { search: "film" }).hash);
    await page.waitForSelector('a.entry[data-path="film.webm"]');
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download film.webm", exact: true }).click();
    await (await download).path();

    assert.deepEqual([...origins], [box.link.origin]);
    assert.ok(addresses.length > 10, `${addresses}`);
    assert.deepEqual(addresses.filter((address) => address.includes(box.token)), []);

    const kept = await page.evaluate(async () => {
      const found: string[] = [
        JSON.stringify(history.state),
        document.cookie,
        self.name,
        document.documentElement.outerHTML,
      ];
      for (const storage of [localStorage, sessionStorage]) found.push(JSON.stringify(storage));
      for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) found.push(request.url);
      }
      for (const { name = "" } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onsuccess = () => resolve(opening.result);
          opening.onerror = () => reject(opening.error);
        });
        for (const store of database.objectStoreNames) {
          const all = database.transaction(store).objectStore(store).getAll();
          await new Promise((resolve) => all.onsuccess = resolve);
          found.push(JSON.stringify(all.result));
        }
        database.close();
      }
      for (
        const { scriptURL } of (await navigator.serviceWorker.getRegistrations()).map(({ active }) => active!)
      ) {
        found.push(scriptURL);
      }
      return found;
    });
    // Links on the page lead to other places of the same box, by their fragments.
    kept[3] = kept[3]!.replaceAll(/href="#[^"]*"/g, "");
    assert.deepEqual(kept.filter((text) => text.includes(box.token)), []);
    // It has kept something, where the film was left for one.
    assert.match(kept[4]!, /positions|volume/);
    assert.deepEqual(problems, []);
    await page.close();
  },
});
