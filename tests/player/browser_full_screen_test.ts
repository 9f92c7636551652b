/// <reference lib="dom" />
/** On the whole screen is the film with all that is laid over it, and the way there and back is the page's own. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser, type BrowserOptions } from "./support/browser.ts";
import { makeFormat, makeTwoSounds } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

async function open(box: Box, browser: Browser, path = "Show 1.mp4") {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, path }));
  const opened = await browser.open(url);
  await opened.page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
  return opened;
}

/** A box with two episodes, the first of which has subtitles. */
async function start(options: BrowserOptions = {}) {
  const share = await TempDir.make();
  await makeFormat(share.path, "faststart.mp4");
  await Deno.rename(`${share.path}/faststart.mp4`, `${share.path}/Show 1.mp4`);
  await Deno.copyFile(`${share.path}/Show 1.mp4`, `${share.path}/Show 2.mp4`);
  await share.put("Show 1.en.srt", "1\n00:00:02,000 --> 00:00:04,000\nA line.\n");
  const box = await Box.start(share.path);
  const browser = await Browser.start(options);
  const dispose = async () => {
    await browser[Symbol.asyncDispose]();
    await box[Symbol.asyncDispose]();
    await share[Symbol.asyncDispose]();
  };
  return { box, browser, [Symbol.asyncDispose]: dispose };
}

const full = (page: Page, isFull: boolean) =>
  page.waitForFunction(
    (isFull) => (document.fullscreenElement?.tagName ?? "") === (isFull ? "HTML" : ""),
    isFull,
  );

/** Once the video has the size of the screen. */
const fills = (page: Page) =>
  page.waitForFunction(() => {
    const { x, y, width, height } = document.querySelector("video")!.getBoundingClientRect();
    return x === 0 && y === 0 && width === innerWidth && height === innerHeight;
  });

/** Whether this is what one sees where it is. */
const lies = (page: Page, selector: string) =>
  page.evaluate((selector) => {
    const element = document.querySelector(selector)!;
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  }, selector);

for (const phone of [false, true]) {
  Deno.test({
    name: `full screen: by button, by key, by two clicks, and back to the same place, ${
      phone ? "phone" : "desktop"
    }`,
    ignore: ignoreBrowser,
    async fn() {
      await using running = await start({ phone });
      const { page, problems } = await open(running.box, running.browser);
      await page.evaluate(() => {
        document.body.style.paddingBottom = "200vh";
        document.querySelector("video")!.pause();
        scrollTo(0, 50);
      });
      assert.equal(await page.getAttribute("video", "controlslist"), "nofullscreen");
      const button = page.getByRole("button", { name: "Full screen", exact: true });
      const leave = page.getByRole("button", { name: "Leave full screen" });

      await button.click();
      await full(page, true);
      await fills(page);
      // What a click has pressed is not what the space bar presses next.
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), "VIDEO");
      await leave.click();
      await full(page, false);
      assert.equal(await page.evaluate(() => scrollY), 50);

      await page.keyboard.press("f");
      await full(page, true);
      await page.keyboard.press("Escape");
      await full(page, false);
      assert.equal(await page.locator("video").count(), 1, "the key was not that of the page");

      // By the keyboard to the button.
      await button.focus();
      await page.keyboard.press("Enter");
      await full(page, true);
      assert.equal(await page.evaluate(() => document.activeElement?.className), "quiet full-screen");
      await page.keyboard.press("Enter");
      await full(page, false);

      if (!phone) {
        const { x, y, width, height } = (await page.locator("video").boundingBox())!;
        await page.mouse.dblclick(x + width / 2, y + height / 3);
        await full(page, true);
        await fills(page);
        await page.mouse.dblclick(400, 200);
        await full(page, false);
        // The browser's own controls are in between.
        await page.mouse.dblclick(x + width / 2, y + height - 12);
        assert.equal(await page.evaluate(() => document.fullscreenElement), null);
      }
      assert.equal(await page.evaluate(() => scrollY), 50);
      assert.deepEqual(problems, []);
      await page.close();
    },
  });
}

Deno.test({
  name:
    "full screen: subtitles are chosen there, words are seen there, and the next episode is offered and plays there",
  ignore: ignoreBrowser,
  async fn() {
    await using running = await start();
    const { page, problems } = await open(running.box, running.browser);
    await page.getByLabel("Subtitles", { exact: true }).waitFor();
    await page.evaluate(() => document.querySelector("video")!.pause());
    await page.keyboard.press("f");
    await full(page, true);
    await page.keyboard.press("c");
    await page.locator(".stage > .flash", { hasText: "English" }).waitFor();
    await page.mouse.move(300, 300);
    const choice = page.locator(".stage").getByLabel("Subtitles", { exact: true });
    assert.notEqual(await choice.inputValue(), "");
    await choice.selectOption({ label: "No subtitles" });
    await page.locator(".stage").getByLabel("How subtitles are shown").click();
    await page.getByRole("button", { name: "Later" }).click();
    await page.locator(".stage output", { hasText: "0.25 s" }).waitFor();
    await page.locator(".stage").getByLabel("How subtitles are shown").click();
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.currentTime = 23.5;
      return video.play();
    });
    const offer = page.getByRole("region", { name: "Next episode" });
    await offer.waitFor();
    assert.ok(await lies(page, ".note > .next"), "nothing of the film lies over the offer");
    await page.keyboard.press("Escape");
    await full(page, false);
    await page.locator(".actions > .subtitles").waitFor();
    await page.keyboard.press("f");
    await full(page, true);

    await offer.getByRole("button", { name: "Play", exact: true }).click();
    await page.waitForFunction(() => document.querySelector("h1")?.textContent === "Show 2.mp4");
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
    await full(page, true);
    await fills(page);
    await page.keyboard.press("n");
    await page.locator(".stage > .flash", { hasText: "There is no next episode here." }).waitFor();
    await page.mouse.move(310, 310);
    await page.getByRole("button", { name: "Leave full screen" }).waitFor();

    // A folder is no film.
    await page.keyboard.press("Backspace");
    await page.locator("video").waitFor({ state: "detached" });
    await full(page, false);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "full screen: one of several sounds is chosen there, and is the choice when it is left",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeTwoSounds(`${share.path}/two.mkv`);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await open(box, browser, "two.mkv");
    await page.locator(".actions").getByLabel("Sound").waitFor();
    await page.keyboard.press("f");
    await full(page, true);
    await page.mouse.move(300, 300);
    const sounds = page.locator(".stage").getByLabel("Sound");
    const other = await sounds.locator("option").nth(1).getAttribute("value");
    const before = await page.evaluate(() => document.querySelector("video")!.currentTime);
    await sounds.selectOption(other!);
    await page.waitForFunction(
      (before) => document.querySelector("video")!.currentTime > before + 0.5,
      before,
    );
    await page.keyboard.press("f");
    await full(page, false);
    assert.equal(await page.locator(".actions").getByLabel("Sound").inputValue(), other);
    assert.equal(await page.getByLabel("Sound").count(), 1);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "full screen: that the box has gone is seen there",
  ignore: ignoreBrowser,
  async fn() {
    await using running = await start();
    const { page } = await open(running.box, running.browser);
    await page.keyboard.press("f");
    await full(page, true);
    await running.box.stop();
    await page.locator("#notice .problem").waitFor();
    assert.ok(await lies(page, "#notice .problem h2"), "nothing of the film lies over it");
    await full(page, true);
    await page.keyboard.press("Escape");
    await full(page, false);
    assert.ok(await lies(page, "#notice .problem h2"));
    await page.close();
  },
});

Deno.test({
  name: "full screen: a browser that shows the video alone is led to the stage, and out of both at once",
  ignore: ignoreBrowser,
  async fn() {
    await using running = await start();
    const { page, problems } = await open(running.box, running.browser);
    // As a browser's own button does it, with the right that a click has given.
    await page.mouse.click(5, 5);
    await page.evaluate(() => document.querySelector("video")!.requestFullscreen());
    await page.waitForFunction(() => document.fullscreenElement !== null);
    // It may have used that up; the next click on the picture gives it anew.
    await page.mouse.click(300, 300);
    await full(page, true);
    await fills(page);
    await page.evaluate(() => document.exitFullscreen());
    await full(page, false);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name:
    "full screen: where only videos can have it, a video has it, and where nothing can, nothing is offered",
  ignore: ignoreBrowser,
  async fn(test) {
    await using running = await start();
    for (const apple of [true, false]) {
      await test.step(apple ? "videos alone" : "nothing", async () => {
        await using browser = await Browser.start();
        await browser.context.addInitScript((apple) => {
          // As telephones have it; Chromium's own is taken away.
          Object.defineProperty(Document.prototype, "fullscreenEnabled", { value: false });
          Object.defineProperty(HTMLVideoElement.prototype, "webkitEnterFullscreen", {
            value: apple ? () => document.title = "entered" : undefined,
          });
        }, apple);
        const { page, problems } = await open(running.box, browser);
        await page.mouse.move(300, 300);
        const button = page.locator(".full-screen");
        assert.equal(await button.isVisible(), apple);
        assert.equal(await page.getAttribute("video", "controlslist"), null);
        if (apple) await button.click();
        await page.keyboard.press("f");
        assert.equal(await page.title() === "entered", apple);
        assert.deepEqual(problems, []);
        await page.close();
      });
    }
  },
});
