/// <reference lib="dom" />
/** Picture subtitles are drawn over the film, at their time and place, in the page and on the whole screen. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makePictured } from "./support/pictured.ts";
import { makeFormat } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { type SetSource, sup } from "./support/sup.ts";
import { type Area, yellowOnce } from "./support/yellow.ts";

/** The films are of 320 × 180 pixels, and so are the pictures; those of a disc have the same shape. */
const HD = { width: 1_920, height: 1_080 };
const LINE = { x: 480, y: 756, width: 960, height: 135 };
const SETS: SetSource[] = [
  { at: 0 },
  { at: 2, rectangles: [LINE] },
  { at: 4 },
  { at: 10, rectangles: [{ ...LINE, y: 108 }] },
  { at: 12, goesOn: true, rectangles: [{ ...LINE, y: 540 }] },
  { at: 14 },
];

async function open(film: string, box: Box, browser: Browser) {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, path: film }));
  const opened = await browser.open(url);
  await opened.page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
  return opened;
}

const choose = (page: Page, label: string) =>
  page.getByLabel("Subtitles", { exact: true }).selectOption({ label });

async function goTo(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (seconds) => {
    const video = document.querySelector("video")!;
    video.pause();
    await new Promise<void>((resolve) => {
      video.addEventListener("seeked", () => resolve(), { once: true });
      video.currentTime = seconds;
    });
  }, seconds);
}

/** Where the film's picture is on the screen: as large as its element holds it. */
async function filmArea(page: Page): Promise<Area> {
  return await page.evaluate(() => {
    const video = document.querySelector("video")!;
    const box = video.getBoundingClientRect();
    const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
    const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
    return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
  });
}

/** Goes to a place and waits until a line is seen there, of which `top` says how far down, or none. */
async function shows(page: Page, seconds: number, top: number | undefined): Promise<void> {
  await goTo(page, seconds);
  await sees(page, top, `at ${seconds} s`);
}

async function sees(page: Page, top: number | undefined, when: string): Promise<void> {
  if (top === undefined) {
    const { count } = await yellowOnce(page, ({ count }) => count === 0);
    return assert.equal(count, 0, when);
  }
  const film = await filmArea(page);
  const [x, y] = [film.width / HD.width, film.height / HD.height];
  const expected = {
    x: film.x + LINE.x * x,
    y: film.y + top * y,
    width: LINE.width * x,
    height: LINE.height * y,
  };
  const isNear = (area: Area) =>
    (["x", "y", "width", "height"] as const).every((side) => Math.abs(area[side] - expected[side]) <= 4);
  const { area, count } = await yellowOnce(page, ({ area }) => isNear(area));
  assert.ok(isNear(area), `${when}: ${count} pixels in ${JSON.stringify({ area, expected })}`);
  assert.ok(count > 0.9 * (area.width - 2) * (area.height - 2), `${when}: ${count} pixels`);
}

const isFull = (page: Page, full: boolean) =>
  page.waitForFunction(
    (full) => (document.fullscreenElement?.tagName === "HTML") === full,
    full,
  );

const hasNetwork = Deno.networkInterfaces().some(({ address, family }) =>
  family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
);

for (const listen of ["127.0.0.1:0", "0.0.0.0:0"]) {
  const where = listen.startsWith("0") ? "over plain HTTP" : "on a secure page";
  Deno.test({
    name: `picture subtitles: those of a Matroska film and those beside it are drawn, ${where}`,
    ignore: ignoreBrowser || (listen.startsWith("0") && !hasNetwork),
    async fn() {
      await using share = await TempDir.make();
      await makePictured(`${share.path}/film.mkv`, [
        { sets: SETS, frame: HD, language: "eng" },
        { sets: [{ at: 0 }, { at: 2, rectangles: [{ ...LINE, y: 270 }] }], frame: HD, language: "ger" },
      ]);
      await Deno.writeFile(`${share.path}/film.fr.sup`, sup(HD, [{ at: 5, rectangles: [LINE] }]));
      await using box = await Box.start(share.path, listen);
      await using browser = await Browser.start();
      const { page, problems } = await open("film.mkv", box, browser);
      const options = page.getByLabel("Subtitles", { exact: true }).locator("option");
      await options.nth(3).waitFor({ state: "attached" });
      assert.deepEqual((await options.allTextContents()).sort(), [
        "English",
        "French",
        "German",
        "No subtitles",
      ]);
      await shows(page, 3, undefined);
      await choose(page, "English");
      await sees(page, LINE.y, "chosen in the middle of it");
      await shows(page, 1, undefined);
      await shows(page, 13, 540);
      await shows(page, 5, undefined);
      await shows(page, 11, 108);
      await choose(page, "German");
      await shows(page, 3, 270);
      await choose(page, "No subtitles");
      await sees(page, undefined, "none");
      await choose(page, "English");
      await sees(page, LINE.y, "again");
      await choose(page, "French");
      await shows(page, 6, LINE.y);
      await shows(page, 4, undefined);
      assert.deepEqual(problems, []);
      await page.close();
    },
  });
}

Deno.test({
  name:
    "picture subtitles: beside a film that the browser plays, later, as it plays, and on the whole screen",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeFormat(share.path, "faststart.mp4");
    const file = sup(HD, SETS);
    await Deno.writeFile(`${share.path}/faststart.en.sup`, file);
    // As if the objects were of another width than their lines.
    const broken = file.map((byte, i) => file[i - 11] === 0x15 && file[i - 21] === 0x50 ? 1 : byte);
    await Deno.writeFile(`${share.path}/faststart.de.sup`, broken);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await open("faststart.mp4", box, browser);
    await choose(page, "English");
    await shows(page, 3, LINE.y);
    await shows(page, 1, undefined);
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.playbackRate = 0.25;
      return video.play();
    });
    await sees(page, LINE.y, "as it plays");

    // Size and colour are the pictures' own; the delay is not.
    await page.getByLabel("How subtitles are shown").click();
    assert.equal(await page.getByLabel("size", { exact: true }).isDisabled(), true);
    assert.equal(await page.getByLabel("colour", { exact: true }).isDisabled(), true);
    await page.getByText("colours of their own").waitFor();
    for (let i = 0; i < 8; i++) await page.getByRole("button", { name: "Later" }).click();
    await page.getByLabel("How subtitles are shown").click();
    await shows(page, 3, undefined);
    await shows(page, 5, LINE.y);

    await page.keyboard.press("f");
    await isFull(page, true);
    const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
    await page.waitForFunction(() => document.querySelector("video")!.clientHeight === innerHeight);
    await sees(page, LINE.y, "on the whole screen");
    await shows(page, 13, 108);
    await page.setViewportSize({ width: width - 200, height });
    await sees(page, 108, "on another screen");
    await page.keyboard.press("Escape");
    await isFull(page, false);
    await sees(page, 108, "in the page again");
    await page.setViewportSize({ width, height });
    await sees(page, 108, "in a larger page");

    // What is no such file shows nothing, and the film goes on.
    await choose(page, "German");
    await sees(page, undefined, "of a broken file");
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.playbackRate = 1;
      video.currentTime = 1;
      return video.play();
    });
    await page.waitForFunction(() => document.querySelector("video")!.currentTime > 5);
    await sees(page, undefined, "of a broken file that plays");
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "picture subtitles: they go out of the way of the browser's controls while those are there",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeFormat(share.path, "faststart.mp4");
    await Deno.writeFile(
      `${share.path}/faststart.en.sup`,
      sup(HD, [{ at: 0, rectangles: [{ ...LINE, y: 918 }] }]),
    );
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await open("faststart.mp4", box, browser);
    await choose(page, "English");
    await goTo(page, 3);
    const film = await filmArea(page);
    const free = film.y + film.height - 80;
    const bottom = ({ y, height }: Area) => y + height;
    const lifted = await yellowOnce(
      page,
      ({ count, area }) => count > 0 && Math.abs(bottom(area) - free) <= 4,
    );
    assert.ok(Math.abs(bottom(lifted.area) - free) <= 4, JSON.stringify(lifted));
    await page.mouse.move(1, 1);
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.playbackRate = 0.25;
      return video.play();
    });
    await page.locator(".stage:not([data-active])").waitFor();
    await sees(page, 918, "once they are gone");
    assert.deepEqual(problems, []);
    await page.close();
  },
});
