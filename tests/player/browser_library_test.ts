/// <reference lib="dom" />
/** The library in a real browser, of a real box: long folders, sorting, what was begun, documents, keys. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makePdf } from "./support/documents.ts";
import { makeFormat, makePicture, makeWebm } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const MANY = 50_000;

const HOSTILE = [
  `<img src=x onerror="document.title='owned'">.txt`,
  "quotes ' \" ` &amp; \\.txt",
  "\u202Egnp.exe.txt",
  "emoji 👩‍👩‍👧 映画.txt",
  `${"long ".repeat(49)}.txt`,
];

let share = "";
let box: Box;
let browser: Browser;

/** A browser test; the first of them makes the files and starts box and browser. */
function browserTest(name: string, run: () => Promise<void>): void {
  // Box and browser outlive the single test.
  Deno.test({ name, ignore: ignoreBrowser, sanitizeOps: false, sanitizeResources: false, fn: run });
}

if (!ignoreBrowser) {
  Deno.test.beforeAll(async () => {
    share = await Deno.makeTempDir({ prefix: "unarr-share-" });
    for (const folder of ["many", "hostile", "series", "pictures", "texts", "mixed/folder"]) {
      await Deno.mkdir(`${share}/${folder}`, { recursive: true });
    }
    for (let i = 1; i <= MANY; i++) Deno.writeFileSync(`${share}/many/${i}.txt`, new Uint8Array(0));
    for (const name of HOSTILE) await Deno.writeTextFile(`${share}/hostile/${name}`, name);
    await makeWebm(`${share}/series/Show.S01E01.webm`);
    await Deno.copyFile(`${share}/series/Show.S01E01.webm`, `${share}/series/Show.S01E02.webm`);
    await makeFormat(`${share}/series`, "aac.mkv");
    for (const name of ["1.png", "2.png", "10.png"]) await makePicture(`${share}/pictures/${name}`);
    await Deno.writeFile(`${share}/pictures/document.pdf`, makePdf("Hello"));
    await Deno.writeTextFile(`${share}/pictures/page.pdf`, "<script>localStorage.owned = 1</script>");
    await Deno.writeTextFile(`${share}/texts/page.html`, "<script>document.title = 'owned'</script>");
    await Deno.writeFile(
      `${share}/texts/western.txt`,
      Uint8Array.from("Gr\xfc\xdfe aus dem Norden", (letter) => letter.charCodeAt(0)),
    );
    await Deno.writeTextFile(`${share}/texts/long.log`, "a line of this log\n".repeat(300_000));
    for (const [i, name] of ["b 2.bin", "b 10.bin", "a.bin"].entries()) {
      await Deno.writeFile(`${share}/mixed/${name}`, new Uint8Array(10 ** i));
      await Deno.utime(`${share}/mixed/${name}`, 1e9, 1e9 + i * 1e6);
    }
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

async function counted(page: Page, count: string): Promise<void> {
  await page.waitForFunction(
    (count) => document.querySelector(".count")?.textContent === count,
    count,
    { timeout: 180_000 },
  );
}

/** Path of the row that has the focus. */
function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement)?.dataset["path"]);
}

async function focusComesTo(page: Page, path: string): Promise<void> {
  await page.waitForFunction(
    (path) => (document.activeElement as HTMLElement)?.dataset["path"] === path,
    path,
  );
}

/** The first row that is wholly in the window, and pixels above it. */
function inView(page: Page): Promise<{ path: string; top: number }> {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll<HTMLElement>("a.entry")];
    const row = rows.find((row) => row.getBoundingClientRect().top >= 0)!;
    return { path: row.dataset["path"]!, top: Math.round(row.getBoundingClientRect().top) };
  });
}

function names(page: Page): Promise<string[]> {
  return page.locator("a.entry .words").allTextContents();
}

browserTest(`a folder of ${MANY} files: the first at once, all in order, few rows on the page`, async () => {
  const { page, problems } = await browser.open(address({ path: "many/" }));
  await page.waitForSelector("a.entry");
  assert.match(await page.locator(".count").textContent() ?? "", /loading/);
  await counted(page, "50,000 items");
  assert.ok(await page.locator("a.entry").count() < 200);
  const height = await page.evaluate(() => {
    const list = document.querySelector(".entries")!;
    return list.getBoundingClientRect().height / list.querySelector("li")!.getBoundingClientRect().height;
  });
  assert.equal(Math.round(height), MANY, "the scrollbar is that of all rows");

  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(page), "many/1.txt");
  await page.keyboard.press("PageDown");
  assert.notEqual(await focused(page), "many/1.txt");
  await page.keyboard.press("PageUp");
  assert.equal(await focused(page), "many/1.txt");
  await page.keyboard.press("End");
  assert.equal(await focused(page), `many/${MANY}.txt`);
  const last = page.locator("li:focus-within");
  assert.equal(await last.getAttribute("aria-posinset"), String(MANY));
  assert.equal(await last.getAttribute("aria-setsize"), String(MANY));
  await page.keyboard.type("2718");
  assert.equal(await focused(page), "many/2718.txt");
  // The Tab key leads on to the row's download, and then out of the list.
  await page.keyboard.press("Tab");
  assert.equal(
    await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
    "Download 2718.txt",
  );
  assert.deepEqual(problems, []);
  await page.close();
});

browserTest("Back leads to the same place of a long folder", async () => {
  const { page } = await browser.open(address({ path: "many/" }));
  await counted(page, "50,000 items");
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
  await page.waitForFunction(() => document.querySelector('a.entry[data-path="many/25000.txt"]'));
  const before = await inView(page);
  await page.locator(`a.entry[data-path="${before.path}"]`).click();
  await page.waitForSelector("article.file");
  await page.goBack();
  await page.waitForSelector("a.entry");
  assert.deepEqual(await inView(page), before);
  assert.equal(await focused(page), before.path);
  await page.close();
});

browserTest("rows that come in above leave what is looked at where it is", async () => {
  const { page } = await browser.open(address({ path: "many/" }));
  await page.waitForSelector("a.entry");
  // 100.txt is of the first page, and most others come before or between.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  const path = await focused(page);
  const top = () => page.evaluate(() => Math.round(document.activeElement!.getBoundingClientRect().top));
  const before = await top();
  await counted(page, "50,000 items");
  assert.equal(await focused(page), path);
  assert.equal(await top(), before);
  await page.close();
});

browserTest(
  "a folder that is gone offers nothing that works only where it is, until it is back",
  async () => {
    const folder = address({ path: "passing/" });
    const { page } = await browser.open(folder);
    const offers = async () => ({
      download: await page.getByText("Download folder").isVisible(),
      sorting: await page.getByRole("group", { name: "Sort by" }).isVisible(),
      rows: await page.locator("a.entry").count(),
    });
    await page.getByRole("heading", { name: "Not found" }).waitFor();
    assert.deepEqual(await offers(), { download: false, sorting: false, rows: 0 });
    await Deno.mkdir(`${share}/passing`);
    await Deno.writeTextFile(`${share}/passing/a.txt`, "a");
    await page.getByRole("button", { name: "Try again" }).click();
    await counted(page, "1 item");
    assert.deepEqual(await offers(), { download: true, sorting: true, rows: 1 });
    assert.equal(await page.locator(".problem").count(), 0);
    await Deno.remove(`${share}/passing`, { recursive: true });
    await page.close();
  },
);

browserTest("sorting by name, size and date, remembered over a reload", async () => {
  const { page } = await browser.open(address({ path: "mixed/" }));
  await counted(page, "4 items");
  const sorted = async (head: RegExp) => {
    await page.getByRole("button", { name: head }).click();
    return await names(page);
  };
  assert.deepEqual(await names(page), ["folder", "a.bin", "b 2.bin", "b 10.bin"]);
  assert.deepEqual(await sorted(/^Name/), ["folder", "b 10.bin", "b 2.bin", "a.bin"]);
  assert.deepEqual(await sorted(/^Size/), ["folder", "a.bin", "b 10.bin", "b 2.bin"]);
  assert.deepEqual(await sorted(/^Date/), ["folder", "a.bin", "b 10.bin", "b 2.bin"]);
  assert.deepEqual(await sorted(/^Date/), ["folder", "b 2.bin", "b 10.bin", "a.bin"]);
  await page.reload();
  await counted(page, "4 items");
  assert.deepEqual(await names(page), ["folder", "b 2.bin", "b 10.bin", "a.bin"]);
  assert.ok(await page.getByRole("button", { name: "Date, oldest first", pressed: true }).isVisible());
  await page.getByRole("button", { name: /^Name/ }).click();
  await page.close();
});

browserTest(
  "hostile names are text in rows, on their own page and in the list of what was begun",
  async () => {
    const { page, problems } = await browser.open(address({ path: "hostile/" }));
    await counted(page, `${HOSTILE.length} items`);
    assert.deepEqual((await names(page)).toSorted(), HOSTILE.toSorted());
    assert.equal(await page.locator("main img").count(), 0);
    for (const name of HOSTILE) {
      const at = (await names(page)).indexOf(name);
      await page.locator("a.entry").nth(at).click();
      await page.waitForSelector(".text");
      assert.equal(await page.locator("h1").textContent(), name);
      assert.equal(await page.locator(".text").textContent(), name);
      await page.keyboard.press("Backspace");
      await page.waitForSelector("a.entry");
    }
    // Nothing wider than the window, however long a name is.
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.evaluate((names) => {
      const films = names.map((name) => [` hostile/${name}`, { at: 20, duration: 90, left: 1 }]);
      localStorage.setItem("positions", JSON.stringify(Object.fromEntries(films)));
    }, HOSTILE);
    await page.goto(String(address()));
    await page.reload();
    await page.getByRole("button", { name: "Show all 5" }).click();
    assert.deepEqual(
      (await page.locator(".continue .name").allTextContents()).toSorted(),
      HOSTILE.toSorted(),
    );
    assert.equal(await page.locator("main img").count(), 0);
    assert.doesNotMatch(await page.title(), /owned/);
    await page.evaluate(() => localStorage.clear());
    assert.deepEqual(problems, []);
    await page.close();
  },
);

browserTest("a film that was begun is offered at the top, goes on there, and can be forgotten", async () => {
  const { page } = await browser.open(address({ path: "series/Show.S01E01.webm" }));
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector("video")!.currentTime > 10.5);
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector("video")!.paused);
  await page.goto(String(address()));
  const film = page.locator(".continue a");
  assert.match(await film.textContent() ?? "", /Show\.S01E01\.webmGo on at 0:1\d of 0:24/);
  await film.click();
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 10);
  assert.match(await page.locator(".note").textContent() ?? "", /Going on at 0:1\d/);
  await page.goBack();
  await page.getByRole("button", { name: "Remove Show.S01E01.webm from this list" }).click();
  assert.equal(await page.locator(".continue").count(), 0);
  await page.close();
});

browserTest("a film that is taken apart begins once, where it was left", async () => {
  const { page, problems } = await browser.open(address());
  await page.evaluate(() => {
    const film = { at: 12, duration: 24, left: 1 };
    localStorage.setItem("positions", JSON.stringify({ " series/aac.mkv": film }));
  });
  // What the page tells the worker that takes films apart.
  await page.addInitScript(() => {
    const { postMessage } = Worker.prototype;
    const starts: number[] = [];
    Object.assign(globalThis, { starts });
    Worker.prototype.postMessage = function (this: Worker, ...[message, transfer]: [never, never]) {
      const { type, time } = message as { type: string; time: number };
      if (type === "start") starts.push(time);
      postMessage.call(this, message, transfer);
    };
  });
  await page.goto("about:blank");
  await page.goto(String(address({ path: "series/aac.mkv" })));
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 12.5);
  assert.match(await page.locator(".note").textContent() ?? "", /Going on at 0:12/);
  assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { starts: number[] }).starts), [12]);
  await page.getByRole("button", { name: "From the beginning" }).click();
  await page.waitForFunction(() => {
    const video = document.querySelector("video")!;
    return video.currentTime < 5 && video.readyState >= 3;
  });
  await page.evaluate(() => localStorage.clear());
  assert.deepEqual(problems, []);
  await page.close();
});

browserTest(
  "after a film the next episode is offered, and begins by itself only where that was chosen",
  async () => {
    const { page, problems } = await browser.open(address({ path: "series/Show.S01E01.webm" }));
    const toTheEnd = async () => {
      await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 3);
      await page.evaluate(() => document.querySelector("video")!.currentTime = 23.5);
    };
    await toTheEnd();
    await page.waitForSelector(".next");
    assert.match(await page.locator(".next").textContent() ?? "", /Next: Show\.S01E02\.webm/);
    assert.doesNotMatch(await page.locator(".next").textContent() ?? "", /Starts in/);
    const switched = page.getByLabel("Play the next one by itself");
    await switched.check();
    await page.getByText(/Starts in \d+ s\./).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    assert.doesNotMatch(await page.locator(".next").textContent() ?? "", /Starts in/);
    // The choice was remembered.
    await page.reload();
    await toTheEnd();
    await page.getByText(/Starts in \d+ s\./).waitFor();
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Show.S01E02.webm");
    // It is the last one.
    await page.waitForSelector("video");
    await page.keyboard.press("n");
    await page.getByText("There is no next episode here.").waitFor();
    await page.evaluate(() => localStorage.clear());
    assert.deepEqual(problems, []);
    await page.close();
  },
);

browserTest("pictures: arrows lead to those beside them, Back leads to the folder", async () => {
  const { page, problems } = await browser.open(address({ path: "pictures/" }));
  await page.locator('a.entry[data-path="pictures/1.png"]').click();
  const shows = (name: string, place: string) =>
    page.waitForFunction(([name, place]) =>
      document.querySelector("h1")?.textContent === name &&
      (document.querySelector(".stage img") as HTMLImageElement)?.naturalWidth === 320 &&
      document.querySelector(".actions .place")?.textContent === place, [name, place]);
  await shows("1.png", "1 of 3");
  await page.keyboard.press("ArrowRight");
  await shows("2.png", "2 of 3");
  await page.getByRole("button", { name: "Next picture" }).click();
  await shows("10.png", "3 of 3");
  assert.ok(await page.getByRole("button", { name: "Next picture" }).isDisabled());
  await page.keyboard.press("ArrowLeft");
  await shows("2.png", "2 of 3");
  await page.goBack();
  await focusComesTo(page, "pictures/2.png");
  assert.deepEqual(problems, []);
  await page.close();
});

browserTest("texts of any encoding are text, and of a long one the beginning", async () => {
  const { page, problems } = await browser.open(address({ path: "texts/page.html" }));
  await page.waitForSelector(".text");
  assert.equal(await page.locator(".text").textContent(), "<script>document.title = 'owned'</script>");
  assert.match(await page.title(), /page\.html/);
  await page.goto(String(address({ path: "texts/western.txt" })));
  await page.getByText("Grüße aus dem Norden").waitFor();
  await page.getByLabel("Encoding").selectOption("windows-1251");
  await page.getByText("GrьЯe aus dem Norden").waitFor();
  await page.goto(String(address({ path: "texts/long.log" })));
  await page.getByText("This is the beginning, 4 MB.").waitFor();
  const lines = (await page.locator(".text").allTextContents()).join("").match(/a line of this log/g);
  assert.equal(lines?.length, Math.floor(4e6 / "a line of this log\n".length));
  assert.deepEqual(problems, []);
  await page.close();
});

browserTest("a PDF is shown by the browser's viewer, in a frame that is no part of the page", async () => {
  const { page, problems } = await browser.open(address({ path: "pictures/document.pdf" }));
  const link = page.getByRole("link", { name: "Open in a new tab" });
  await link.waitFor();
  assert.match(await link.getAttribute("href") ?? "", /^\/media\/.*\/document\.pdf$/);
  if (await page.evaluate(() => navigator.pdfViewerEnabled)) {
    const frame = await page.waitForSelector('iframe[title="document.pdf"]');
    const answer = await page.evaluate(async (url) => {
      const { headers } = await fetch(url!);
      return [headers.get("content-type"), headers.get("content-security-policy")];
    }, await frame.getAttribute("src"));
    assert.deepEqual(answer, ["application/pdf", "default-src 'none'; sandbox"]);
    const [tab] = await Promise.all([browser.context.waitForEvent("page"), link.click()]);
    await tab.waitForURL(/\/media\/.*\/document\.pdf$/);
    // A page by the name of a document runs nothing, wherever its address is opened.
    await tab.goto(tab.url().replace("document.pdf", "page.pdf"), { waitUntil: "commit" });
    await tab.waitForLoadState("load");
    await tab.close();
    assert.equal(await page.evaluate(() => localStorage.getItem("owned")), null);
    // The viewer has taken the document.
    while (!page.frames().some((frame) => frame.url().startsWith("chrome-extension:"))) {
      await page.waitForEvent("framenavigated");
    }
  }
  assert.deepEqual(problems, []);
  await page.close();
});
