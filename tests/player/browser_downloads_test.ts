/// <reference lib="dom" />
/** Downloads into files that the user has chosen, and folders as archives, in a real browser from a real box. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { readZip, unzipTest } from "./downloads/support/unzip.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { type Memory, MemoryMeter } from "./support/memory.ts";
import { givePicker, makeRandomFile, makeSparseFile, privateFiles, sha256 } from "./support/picker.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { pattern } from "./support/scripted_agent.ts";
import { FULL } from "../support/extent.ts";

const TOKEN = "a-token-that-stays-the-same-0123456789";
const NAME = "film.bin";
const SIZE = 300_000_000;
/** Of the file that loses box, connection and page: `UNARR_TEST_DOWNLOAD=5000000000` takes a quarter of an hour. */
const INTERRUPTED_SIZE = Number(Deno.env.get("UNARR_TEST_DOWNLOAD") ?? SIZE);
/** A slow machine still gets 10 Mbit/s through. */
const PATIENCE_MS = Math.max(120_000, INTERRUPTED_SIZE / 1_250);

/** A share with one large file in it, a box and a browser. */
class World implements AsyncDisposable {
  readonly share: string;
  readonly browser: Browser;
  box: Box;

  private constructor(share: string, box: Box, browser: Browser) {
    this.share = share;
    this.box = box;
    this.browser = browser;
  }

  static async start(): Promise<World> {
    const share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    return new World(share, await Box.start(share, "127.0.0.1:0", TOKEN), await Browser.start());
  }

  async open(path = ""): Promise<Page> {
    const url = new URL(this.box.link);
    url.hash = String(new URLSearchParams({ token: TOKEN, ...(path === "" ? {} : { path }) }));
    const { page } = await this.browser.open(url);
    // What is not complete makes the browser ask before it lets go of the page.
    page.on("dialog", (dialog) => void dialog.accept());
    page.setDefaultTimeout(120_000);
    await page.waitForSelector("a.entry");
    return page;
  }

  async restartBox(): Promise<void> {
    const { host } = this.box.link;
    await this.box.stop("SIGKILL");
    this.box = await Box.start(this.share, host, TOKEN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser[Symbol.asyncDispose]();
    await this.box[Symbol.asyncDispose]();
    await Deno.remove(this.share, { recursive: true });
  }
}

function browserTest(
  name: string,
  run: (world: World) => Promise<void>,
  options: { timeout?: number; ignore?: boolean } = {},
): void {
  Deno.test({
    name,
    ignore: ignoreBrowser,
    ...options,
    async fn() {
      await using world = await World.start();
      await run(world);
    },
  });
}

async function reaches(page: Page, share: number): Promise<void> {
  await page.waitForFunction((share) => {
    const item = document.querySelector<HTMLElement>(".downloads li");
    if (item?.dataset["state"] === "failed") throw new Error(item.textContent!);
    return item?.dataset["state"] === "done" || (item?.querySelector("progress")?.value ?? 0) >= share;
  }, share);
}

const inState = (page: Page, state: string) => page.waitForSelector(`.downloads li[data-state="${state}"]`);

/** Bytes of the private file that have been committed. */
function committed(page: Page): Promise<number> {
  return page.evaluate(async (name) => {
    const file = await (await navigator.storage.getDirectory()).getFileHandle(name);
    return (await file.getFile()).size;
  }, NAME);
}

browserTest(
  "a file is complete after the box, the connection and the page were lost on the way",
  async (world) => {
    await makeRandomFile(`${world.share}/${NAME}`, INTERRUPTED_SIZE);
    await givePicker(world.browser);
    await world.browser.context.addInitScript(() => {
      const channels: RTCDataChannel[] = [];
      const { createDataChannel } = RTCPeerConnection.prototype;
      RTCPeerConnection.prototype.createDataChannel = function (...options) {
        const channel = createDataChannel.apply(this, options);
        channels.push(channel);
        return channel;
      };
      // The connection is over when its first channel is.
      Object.assign(globalThis, {
        cutConnection: () => channels.findLast((c) => c.label === "unarr-library")!.close(),
      });
    });
    const page = await world.open();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.getByRole("link", { name: `Download ${NAME}` }).click();

    await reaches(page, 0.15);
    await world.restartBox();
    await reaches(page, 0.35);
    await page.evaluate(() => (globalThis as unknown as { cutConnection(): void }).cutConnection());
    await reaches(page, 0.55);
    await page.reload();
    await inState(page, "paused");
    const kept = await committed(page);
    await page.getByRole("button", { name: `Go on: ${NAME}` }).click();
    await inState(page, "done");

    const files = await privateFiles(world.browser, INTERRUPTED_SIZE);
    assert.equal(files.length, 1, "nothing else of that size was left");
    assert.equal(await sha256(files[0]!), await sha256(`${world.share}/${NAME}`));
    // A large one takes longer to commit than a page has on its way out; then its last commit is what is kept.
    const least = INTERRUPTED_SIZE > SIZE ? INTERRUPTED_SIZE / 4 : INTERRUPTED_SIZE / 2;
    assert.ok(kept > least, `the page kept ${kept} bytes on its way out`);
    await page.reload();
    await page.waitForSelector("a.entry");
    assert.equal(await page.locator(".downloads li").count(), 0, "what is complete is not brought back");
  },
  { timeout: 3 * PATIENCE_MS },
);

browserTest("after a crash a file goes on at the last commit, and is complete", async (world) => {
  const commit = 268_435_456;
  await makeRandomFile(`${world.share}/${NAME}`, 1.5 * commit);
  await givePicker(world.browser);
  const page = await world.open();
  const devtools = await world.browser.context.newCDPSession(page);
  await page.getByRole("link", { name: `Download ${NAME}` }).click();
  await reaches(page, 0.7);
  // So that the rest is not there before the page is gone.
  world.box.sleep(true);
  const crashed = page.waitForEvent("crash");
  devtools.send("Page.crash").catch(() => {});
  await crashed;
  world.box.sleep(false);
  const again = await world.open();
  await inState(again, "paused");
  assert.equal(await committed(again), commit);
  await again.getByRole("button", { name: `Go on: ${NAME}` }).click();
  await inState(again, "done");
  const [file] = await privateFiles(world.browser, 1.5 * commit);
  assert.equal(await sha256(file!), await sha256(`${world.share}/${NAME}`));
});

browserTest("a file is held, goes on, and is removed when it is cancelled", async (world) => {
  await makeRandomFile(`${world.share}/${NAME}`, SIZE);
  await givePicker(world.browser);
  const page = await world.open();
  await page.getByRole("link", { name: `Download ${NAME}` }).click();
  await reaches(page, 0.05);
  await page.getByRole("button", { name: `Pause ${NAME}` }).click();
  await page.waitForFunction(() => document.activeElement?.textContent === "Go on");
  while (await committed(page) === 0) await page.waitForTimeout(100);
  await page.keyboard.press("Enter");
  await inState(page, "running");
  await reaches(page, 0.3);
  await page.getByRole("button", { name: `Cancel ${NAME}` }).click();
  await page.waitForSelector(".downloads li", { state: "detached" });
  await page.waitForFunction(async () => {
    for await (const _ of (await navigator.storage.getDirectory()).keys()) return false;
    return true;
  });
  await page.reload();
  await page.waitForSelector("a.entry");
  assert.equal(await page.locator(".downloads li").count(), 0);
});

browserTest("a file that has changed on the box or here does not go on", async (world) => {
  await makeRandomFile(`${world.share}/${NAME}`, SIZE);
  await givePicker(world.browser);
  const page = await world.open();
  await page.getByRole("link", { name: `Download ${NAME}` }).click();
  await reaches(page, 0.1);
  await page.getByRole("button", { name: `Pause ${NAME}` }).click();
  while (await committed(page) === 0) await page.waitForTimeout(100);

  const goOn = page.getByRole("button", { name: NAME }).filter({ hasText: /Go on|Try again/ });
  const { mtime } = await Deno.stat(`${world.share}/${NAME}`);
  await Deno.utime(`${world.share}/${NAME}`, new Date(), new Date());
  await goOn.click();
  await inState(page, "failed");
  assert.match(await page.locator(".downloads .message").textContent() ?? "", /on the box has changed/);

  await Deno.utime(`${world.share}/${NAME}`, mtime!, mtime!);
  await page.evaluate(async (name) => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle(name);
    const stream = await handle.createWritable({ keepExistingData: true });
    await stream.write({ type: "write", position: (await handle.getFile()).size - 10, data: "something" });
    await stream.close();
  }, NAME);
  await goOn.click();
  await page.waitForFunction(() =>
    /not the one that was begun/.test(document.querySelector(".downloads .message")!.textContent!)
  );
});

/** A folder of small files, a hostile one and one that is not so small. */
async function fillFolder(share: string): Promise<void> {
  await Deno.mkdir(`${share}/photos/Ünïcode`, { recursive: true });
  for (let i = 0; i < 40; i++) await Deno.writeFile(`${share}/photos/${i}.bin`, pattern(1_000 + i, i));
  await Deno.writeFile(`${share}/photos/a\\..\\b`, pattern(10));
  await Deno.writeFile(`${share}/photos/Ünïcode/large.bin`, pattern(30_000_000));
}

async function checkArchive(path: string): Promise<void> {
  await unzipTest(path);
  const items = new Map((await readZip(path)).map((item) => [item.name, item.size]));
  assert.equal(items.size, 43);
  assert.equal(items.get("photos/39.bin"), 1_039);
  assert.equal(items.get("photos/a_.._b"), 10);
  assert.equal(items.get("photos/Ünïcode/large.bin"), 30_000_000);
}

browserTest("a folder is saved as one archive by the browser", async (world) => {
  await fillFolder(world.share);
  const page = await world.open("photos/");
  const started = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download folder" }).click();
  const download = await started;
  assert.equal(download.suggestedFilename(), "photos.zip");
  await inState(page, "done");
  await checkArchive(await download.path());
  assert.match(await page.locator(".downloads .said").textContent() ?? "", /Download finished: photos\.zip/);
  assert.equal(await page.getByRole("button", { name: "Remove photos.zip" }).count(), 1);
});

browserTest("a folder is written as one archive into the file that was chosen", async (world) => {
  await fillFolder(world.share);
  await givePicker(world.browser);
  const page = await world.open("photos/");
  await page.getByRole("link", { name: "Download folder" }).click();
  await inState(page, "done");
  const [file] = await privateFiles(world.browser, 30_000_000);
  await checkArchive(file!);
});

browserTest(
  "what the browser saves is held and goes on, and ends when it is cancelled here",
  async (world) => {
    await makeRandomFile(`${world.share}/${NAME}`, SIZE);
    const page = await world.open();
    const link = page.getByRole("link", { name: `Download ${NAME}` });
    const first = page.waitForEvent("download");
    await link.click();
    const download = await first;
    await reaches(page, 0.05);
    await page.getByRole("button", { name: `Pause ${NAME}` }).click();
    await inState(page, "paused");
    await page.getByRole("button", { name: `Go on: ${NAME}` }).click();
    await inState(page, "done");
    assert.equal(await sha256(await download.path()), await sha256(`${world.share}/${NAME}`));

    const second = page.waitForEvent("download");
    await link.click();
    const cancelled = await second;
    await page.waitForSelector('.downloads li[data-state="running"]');
    await page.getByRole("button", { name: `Cancel ${NAME}` }).click();
    assert.notEqual(await cancelled.failure(), null);
  },
);

/** `UNARR_TEST_LARGE=20000000000` takes half an hour, and as much room. */
const LARGE_SIZE = Number(Deno.env.get("UNARR_TEST_LARGE") ?? 5_000_000_000);

browserTest(
  `${LARGE_SIZE / 1e9} GB through a reload are complete, and memory stays flat (UNARR_TEST_FULL=1)`,
  async (world) => {
    const size = LARGE_SIZE;
    await makeSparseFile(`${world.share}/${NAME}`, size);
    await givePicker(world.browser);
    const page = await world.open();
    page.setDefaultTimeout(0);
    const started = Date.now();
    await page.getByRole("link", { name: `Download ${NAME}` }).click();
    const samples: Memory[] = [];
    let meter = await MemoryMeter.of(page);
    for (let part = 1; part <= 20; part++) {
      await reaches(page, part * 0.05 - 0.01);
      samples.push(await meter.measure());
      if (part !== 10) continue;
      await page.reload();
      await inState(page, "paused");
      await page.getByRole("button", { name: `Go on: ${NAME}` }).click();
      meter = await MemoryMeter.of(page);
    }
    await inState(page, "done");
    const seconds = (Date.now() - started) / 1000;
    const [file] = await privateFiles(world.browser, size);
    assert.equal(await sha256(file!), await sha256(`${world.share}/${NAME}`));
    const most = (key: keyof Memory) => Math.max(...samples.map((sample) => sample[key])) / 1e6;
    const line = `${seconds.toFixed(0)} s; at most ${most("heap").toFixed(0)} MB of objects, ` +
      `${most("page").toFixed(0)} MB in the page's process, ${
        most("browser").toFixed(0)
      } MB in the browser's\n`;
    await Deno.stderr.write(new TextEncoder().encode(line));
    assert.ok(most("heap") < 150, JSON.stringify(samples));
    assert.ok(most("page") < 700, JSON.stringify(samples));
  },
  { ignore: ignoreBrowser || !FULL, timeout: LARGE_SIZE / 2_500 },
);
