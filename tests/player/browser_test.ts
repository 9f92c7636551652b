/// <reference lib="dom" />
/** The whole way: this browser's page, the relay, the box, a data channel, a service worker, a video. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeMp4, makeWebm, SECONDS } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { pattern } from "./support/scripted_agent.ts";

const HOSTILE = "<img src=x onerror=document.title='owned'>.mp4";

let share = "";
let box: Box;
let browser: Browser;

/** A browser test; the first of them makes the films and starts box and browser. */
function browserTest(name: string, run: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: ignoreBrowser,
    // Box and browser outlive the single test.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: run,
  });
}

if (!ignoreBrowser) {
  Deno.test.beforeAll(async () => {
    share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    await Deno.mkdir(`${share}/films/Ünïcode & more`, { recursive: true });
    await Deno.mkdir(`${share}/many`);
    await Promise.all([makeMp4(`${share}/films/film.mp4`), makeWebm(`${share}/films/film.webm`)]);
    await Deno.writeFile(`${share}/${HOSTILE}`, pattern(10));
    await Deno.writeFile(`${share}/data.bin`, pattern(5_000_001));
    await Deno.writeFile(`${share}/empty.txt`, new Uint8Array());
    await Deno.writeTextFile(`${share}/page.html`, "<script>document.title = 'owned'</script>");
    for (let i = 1; i <= 450; i++) await Deno.writeFile(`${share}/many/${i}.txt`, new Uint8Array(1));
    [box, browser] = await Promise.all([Box.start(share), Browser.start()]);
  });
  Deno.test.afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await box?.[Symbol.asyncDispose]();
    if (share) await Deno.remove(share, { recursive: true });
  });
}

function address(fields: Record<string, string> = {}): URL {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, ...fields }));
  return url;
}

/** Resolves when the video has played on by half a second from where it is. */
async function playsOn(page: Page): Promise<void> {
  const from = await page.evaluate(() => document.querySelector("video")!.currentTime);
  await page.waitForFunction((from) => {
    const video = document.querySelector("video")!;
    return !video.paused && !video.seeking && video.currentTime > from + 0.5;
  }, from);
}

async function seek(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (seconds) => {
    const video = document.querySelector("video")!;
    const sought = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
    video.currentTime = seconds;
    await sought;
  }, seconds);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

browserTest("the folder is listed, folders first, with hostile names as text", async () => {
  const { page, problems } = await browser.open(address());
  await page.waitForSelector("a.entry");
  await page.waitForFunction(() => document.querySelector(".foot")!.childElementCount === 0);
  const names = await page.locator("a.entry .name").allTextContents();
  assert.deepEqual(names, ["films", "many", HOSTILE, "data.bin", "empty.txt", "page.html"]);
  assert.equal(await page.locator("main img").count(), 0);
  await page.waitForSelector('.status[data-state="open"]');
  await page.waitForFunction(() => /Same network.*ms/.test(document.querySelector(".status")!.textContent!));
  assert.match(await page.title(), /All files/);
  assert.deepEqual(problems, []);
  await page.close();
});

browserTest("a folder of several pages is shown whole, in the order people count", async () => {
  const { page } = await browser.open(address({ path: "many/" }));
  await page.waitForFunction(() => document.querySelector(".count")?.textContent === "450 items");
  const names = new Set<string>();
  await page.locator("a.entry").first().focus();
  for (let presses = 0; names.size < 450 && presses < 450; presses++) {
    for (const name of await page.locator("a.entry .words").allTextContents()) names.add(name);
    await page.keyboard.press("PageDown");
    // Rows come with the next frame; two pages at once would leave one unseen.
    await page.evaluate(() =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    );
  }
  assert.deepEqual([...names], Array.from({ length: 450 }, (_, i) => `${i + 1}.txt`));
  await page.close();
});

for (const name of ["film.mp4", "film.webm"]) {
  browserTest(`${name} plays, and plays on after seeking`, async () => {
    const { page, problems } = await browser.open(address({ path: `films/${name}` }));
    await page.waitForSelector("video");
    await playsOn(page);
    const duration = await page.evaluate(() => document.querySelector("video")!.duration);
    assert.ok(Math.abs(duration - SECONDS) < 0.2, `${duration} s`);
    for (const place of [SECONDS / 2, SECONDS - 3, 2]) {
      await seek(page, place);
      await playsOn(page);
    }
    // To the very end.
    await seek(page, SECONDS - 1);
    await page.waitForFunction(() => document.querySelector("video")!.ended);
    assert.deepEqual(problems, []);
    await page.close();
  });
}

browserTest("a film goes on where it was left, or from its beginning", async () => {
  const { page } = await browser.open(address({ path: "films/film.webm" }));
  await page.waitForSelector("video");
  await playsOn(page);
  await seek(page, 12);
  await playsOn(page);
  await page.evaluate(() => document.querySelector("video")!.pause());
  await page.reload();
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 12);
  assert.match(await page.locator(".note").textContent() ?? "", /Going on at 0:12/);
  await page.getByRole("button", { name: "From the beginning" }).click();
  await page.waitForFunction(() => document.querySelector("video")!.currentTime < 5);
  await page.close();
});

browserTest("the service worker's answers are exact", async () => {
  const { page } = await browser.open(address({ path: "films/film.mp4" }));
  await page.waitForSelector("video");
  const url = await page.evaluate(() =>
    document.querySelector("video")!.src.replace("films/film.mp4", "data.bin")
  );
  const answers = await page.evaluate(async (url) => {
    const ask = async (range?: string) => {
      const response = await fetch(url, range ? { headers: { range } } : {});
      const bytes = new Uint8Array(await response.arrayBuffer());
      return {
        status: response.status,
        range: response.headers.get("content-range"),
        length: response.headers.get("content-length"),
        size: bytes.length,
        first: bytes[0],
      };
    };
    return {
      part: await ask("bytes=100-199"),
      tail: await ask("bytes=-5"),
      outside: await ask("bytes=5000001-"),
      whole: await ask(),
    };
  }, url);
  const size = 5_000_001;
  assert.deepEqual(answers.part, {
    status: 206,
    range: `bytes 100-199/${size}`,
    length: "100",
    size: 100,
    first: pattern(1, 100)[0],
  });
  assert.deepEqual(answers.tail, {
    status: 206,
    range: `bytes 4999996-5000000/${size}`,
    length: "5",
    size: 5,
    first: pattern(1, 4_999_996)[0],
  });
  assert.equal(answers.outside.status, 416);
  assert.equal(answers.outside.range, `bytes */${size}`);
  assert.equal(answers.whole.status, 200);
  assert.equal(answers.whole.size, size);
  await page.close();
});

/** The browser's service workers end, as they do after half a minute without a request. */
async function sleepWorker(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const asleep = new Promise<void>((resolve) =>
    session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      if (versions.some(({ runningStatus }) => runningStatus === "stopped")) resolve();
    })
  );
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await asleep;
  await session.detach();
}

browserTest(
  "a service worker that was put to sleep wakes, and its answers at once are as exact",
  async () => {
    const { page, problems } = await browser.open(address({ path: "films/film.mp4" }));
    await page.waitForSelector("video");
    await playsOn(page);
    const url = await page.evaluate(() =>
      document.querySelector("video")!.src.replace("films/film.mp4", "data.bin")
    );
    // First and last byte; without one to the end.
    const asks = [[0, 1], [0], [4_999_999], [2_000_000, 2_999_999], [17, 17], [1_000_000, 1_065_535]];
    const size = 5_000_001;
    for (const isAsleep of [true, true, false]) {
      if (isAsleep) await sleepWorker(page);
      const answers = await page.evaluate(
        async ({ url, asks }) =>
          await Promise.all(asks.map(async ([first, last]) => {
            const response = await fetch(url, { headers: { range: `bytes=${first}-${last ?? ""}` } });
            const bytes = await response.arrayBuffer();
            const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
            return {
              status: response.status,
              range: response.headers.get("content-range"),
              sum: [...digest],
            };
          })),
        { url, asks },
      );
      for (const [i, [first, last = size - 1]] of asks.entries()) {
        const expected = pattern(last - first! + 1, first);
        assert.deepEqual(answers[i], {
          status: 206,
          range: `bytes ${first}-${last}/${size}`,
          sum: [...new Uint8Array(await crypto.subtle.digest("SHA-256", expected))],
        });
      }
    }
    // The film goes on, and another begins.
    await sleepWorker(page);
    await seek(page, SECONDS / 2);
    await playsOn(page);
    await sleepWorker(page);
    await page.evaluate((hash) => location.hash = hash, address({ path: "films/film.webm" }).hash);
    await page.waitForFunction(() => document.querySelector("video")?.src.endsWith("film.webm"));
    await playsOn(page);
    assert.deepEqual(problems, []);
    await page.close();
  },
);

browserTest("a download is equal byte for byte, and keeps its name", async () => {
  const { page, problems } = await browser.open(address());
  await page.waitForSelector("a.entry");
  for (const name of ["data.bin", HOSTILE, "page.html", "empty.txt"]) {
    const started = page.waitForEvent("download");
    await page.getByRole("link", { name: `Download ${name}`, exact: true }).click();
    const download = await started;
    const path = await download.path();
    const [expected, received] = await Promise.all([
      Deno.readFile(`${share}/${name}`),
      Deno.readFile(path),
    ]);
    assert.equal(await sha256(received), await sha256(expected), name);
    // The browser itself replaces what a file system would not take.
    assert.equal(download.suggestedFilename(), name.replace(/[<>]/g, "_"));
  }
  assert.match(await page.title(), /All files/, "the page has stayed");
  assert.deepEqual(problems, []);
  await page.close();
});

browserTest("the keyboard is enough: into a folder, to a film, back to where one was", async () => {
  const { page } = await browser.open(address());
  await page.waitForSelector("a.entry");
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement)?.dataset["path"]);
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "films");
  await page.keyboard.press("End");
  assert.equal(await focused(), "page.html");
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await page.waitForSelector('a.entry[data-path="films/film.webm"]');
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "films/film.mp4");
  await page.keyboard.press("Enter");
  await page.waitForSelector("video");
  await playsOn(page);
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector("video")!.paused);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() =>
    (document.activeElement as HTMLElement)?.dataset["path"] === "films/film.mp4"
  );
  await page.keyboard.press("/");
  await page.keyboard.type("film.w");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("a.entry")].map((a) => (a as HTMLElement).dataset["path"]).join() ===
      "films/film.webm"
  );
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "films/film.webm");
  await page.goBack();
  await page.waitForSelector('a.entry[data-path="films/film.mp4"]');
  await page.close();
});

browserTest("what cannot be shown is said in words", async () => {
  const { page } = await browser.open(address({ path: "films/gone.mp4" }));
  await page.waitForSelector(".problem");
  assert.match(await page.locator(".problem").textContent() ?? "", /Not found/);
  await page.goto(String(address({ path: "data.bin" })));
  await page.waitForSelector(".sentence");
  assert.match(await page.locator(".sentence").textContent() ?? "", /Download it/);
  await page.goto(String(address({ path: HOSTILE })));
  await page.waitForSelector(".sentence");
  assert.match(await page.locator(".sentence").textContent() ?? "", /not played in the browser/);
  await page.goto(String(address({ path: "films" })));
  await page.waitForSelector('a.entry[data-path="films/film.mp4"]');
  await page.close();
});

browserTest("without a token, or with a wrong one, the page says what to do", async () => {
  const { page } = await browser.open(new URL("/", box.link));
  await page.getByLabel("Link or token").fill("wrong-token");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".problem");
  assert.match(await page.locator(".problem").textContent() ?? "", /does not work any more/);
  await page.goto(new URL("/", box.link).href);
  await page.getByLabel("Link or token").fill(box.link.href);
  await page.keyboard.press("Enter");
  await page.waitForSelector("a.entry");
  await page.close();
});
