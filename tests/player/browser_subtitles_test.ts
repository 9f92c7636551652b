/// <reference lib="dom" />
/** Subtitles that lie beside a film are found, shown at their time, and shown as the viewer likes. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { makeFormat } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { yellowOnce } from "./support/yellow.ts";

const SRT = "1\n00:00:02,000 --> 00:00:04,000\n<i>Hello</i> <img src=x onerror=document.title='owned'>\n\n" +
  "2\n00:00:10,000 --> 00:00:12,000\nlater\n";
const ASS =
  "[Script Info]\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
  "Dialogue: 0,0:00:02.00,0:00:04.00,a,,0,0,0,,{\\b1}Hallo{\\b0}\n";

/** What is on the screen at a time. */
async function shownAt(page: Page, seconds: number): Promise<string[]> {
  return await page.evaluate(async (seconds) => {
    const video = document.querySelector("video")!;
    video.pause();
    await new Promise<void>((resolve) => {
      video.addEventListener("seeked", () => resolve(), { once: true });
      video.currentTime = seconds;
    });
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return [...video.textTracks].filter(({ mode }) => mode === "showing")
      .flatMap(({ activeCues }) => [...activeCues!]).map((cue) => (cue as VTTCue).text);
  }, seconds);
}

/** Yellow pixels of the film, once they are as many as they are to be. */
async function yellowPixels(page: Page, isRight: (count: number) => boolean): Promise<number> {
  const film = (await page.locator("video").boundingBox())!;
  return (await yellowOnce(page, ({ count }) => isRight(count), film)).count;
}

for (const film of ["vp9 opus.webm", "aac.mkv"] as const) {
  Deno.test({
    name: `subtitles: those beside ${film} are shown at their time`,
    ignore: ignoreBrowser,
    async fn() {
      await using share = await TempDir.make();
      await makeFormat(share.path, film);
      const stem = film.replace(/\.[^.]*$/, "");
      // Cyrillic, as people have it who made their files long ago.
      const russian = Uint8Array.of(0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2);
      const head = new TextEncoder().encode("1\n00:00:02,000 --> 00:00:04,000\n");
      await share.put(`${stem}.en.srt`, SRT);
      await share.put(`${stem}.de.ass`, ASS);
      await share.put(`${stem}.ru.srt`, Uint8Array.from([...head, ...russian]));
      await using box = await Box.start(share.path);
      await using browser = await Browser.start();
      const url = new URL(box.link);
      url.hash = String(new URLSearchParams({ token: box.token, path: film }));
      const { page, problems } = await browser.open(url);
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
      const choice = page.getByLabel("Subtitles", { exact: true });
      assert.deepEqual((await choice.locator("option").allTextContents()).sort(), [
        "English",
        "German",
        "No subtitles",
        "Russian",
      ]);
      const choose = async (label: string, text: RegExp) => {
        await choice.selectOption({ label });
        await page.waitForFunction(
          (text) =>
            [...document.querySelector("video")!.textTracks[0]?.cues ?? []]
              .some((cue) => new RegExp(text).test((cue as VTTCue).text)),
          text.source,
        );
      };
      await choose("English", /Hello/);
      assert.deepEqual(await shownAt(page, 1), []);
      assert.deepEqual(await shownAt(page, 3), ["<i>Hello</i>"]);
      assert.deepEqual(await shownAt(page, 11), ["later"]);
      await choose("German", /Hallo/);
      assert.deepEqual(await shownAt(page, 3), ["<b>Hallo</b>"]);
      await choose("Russian", /Привет/);
      await page.getByLabel("How subtitles are shown").click();
      for (let i = 0; i < 8; i++) await page.getByRole("button", { name: "Later" }).click();
      assert.deepEqual([await shownAt(page, 3), await shownAt(page, 5)], [[], ["Привет"]]);
      await page.getByLabel("Encoding", { exact: true }).first().selectOption("windows-1252");
      assert.deepEqual(await shownAt(page, 5), ["Ïðèâåò"]);
      await page.getByLabel("size", { exact: true }).first().selectOption("large");
      assert.equal(await page.getAttribute(".stage", "data-cue-size"), "large");

      // On the screen, in the colour and the size that were chosen.
      await page.getByLabel("colour", { exact: true }).first().selectOption("yellow");
      await shownAt(page, 5);
      const large = await yellowPixels(page, (count) => count > 100);
      assert.ok(large > 100, `${large} pixels`);
      await page.getByLabel("size", { exact: true }).first().selectOption("medium");
      const medium = await yellowPixels(page, (count) => count > 20 && count < large);
      assert.ok(medium > 20 && medium < large, `${medium} pixels, ${large} when large`);
      await shownAt(page, 3);
      const before = await yellowPixels(page, (count) => count < medium / 2);
      assert.ok(before < medium / 2, `${before} pixels before its time`);

      await choice.selectOption({ label: "No subtitles" });
      assert.deepEqual(await shownAt(page, 5), []);
      assert.notEqual(await page.title(), "owned");
      assert.deepEqual(problems, []);
      await page.close();
    },
  });
}

Deno.test({
  name: "subtitles: where their file has gone it is said, and the film goes on without",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeFormat(share.path, "aac.mkv");
    const text = await share.put("aac.en.srt", SRT);
    const pictures = await share.put("aac.de.sup", new Uint8Array(0));
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const url = new URL(box.link);
    url.hash = String(new URLSearchParams({ token: box.token, path: "aac.mkv" }));
    const { page, problems } = await browser.open(url);
    const choice = page.getByLabel("Subtitles", { exact: true });
    await choice.locator("option", { hasText: "German" }).waitFor({ state: "attached" });
    await choice.selectOption({ label: "No subtitles" });
    for (const [path, label] of [[text, "English"], [pictures, /German/]] as const) {
      await Deno.remove(path);
      const option = choice.locator("option", { hasText: label });
      await choice.selectOption(await option.getAttribute("value"));
      await page.locator(".flash", { hasText: "cannot be read" }).waitFor();
      assert.equal(await choice.inputValue(), "");
      await page.locator(".flash").waitFor({ state: "detached" });
    }
    const before = await page.evaluate(() => document.querySelector("video")!.currentTime);
    await page.waitForFunction((before) => document.querySelector("video")!.currentTime > before, before);
    assert.deepEqual(problems, []);
    await page.close();
  },
});
