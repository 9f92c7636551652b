/// <reference lib="dom" />
/** Subtitles inside a film are listed, and shown at their time. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { ignoreBrowser } from "./support/requirements.ts";
import { makeLargeSubtitled, makeSubtitled, srt, type TrackSource } from "./support/subtitled.ts";

const HOSTILE = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>";
/** What is left of it is text. */
const HELLO = "<i>Hello</i> document.title='owned'";
const ENGLISH = srt([2, 4, `<i>Hello</i> ${HOSTILE}`], [10, 14, "later"], [19, 21, "last"]);
const ASS =
  "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n" +
  "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
  "Dialogue: 0,0:00:02.00,0:00:04.00,Default,,0,0,0,,{\\pos(1,2)\\b1}Hallo{\\b0}, du<img src=x onerror=alert(1)>\n";

async function open(film: string, box: Box, browser: Browser) {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, path: film }));
  const opened = await browser.open(url);
  await opened.page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
  return opened;
}

/** Goes to a place and waits until the screen shows these lines. */
async function shows(page: Page, seconds: number, lines: string[]): Promise<void> {
  await page.evaluate(async (seconds) => {
    const video = document.querySelector("video")!;
    video.pause();
    await new Promise<void>((resolve) => {
      video.addEventListener("seeked", () => resolve(), { once: true });
      video.currentTime = seconds;
    });
  }, seconds);
  try {
    await page.waitForFunction((lines) => {
      const shown = [...document.querySelector("video")!.textTracks].filter(({ mode }) => mode === "showing")
        .flatMap(({ activeCues }) => [...activeCues!]).map((cue) => (cue as VTTCue).text);
      return JSON.stringify(shown) === JSON.stringify(lines);
    }, lines);
  } catch {
    assert.deepEqual(await activeLines(page), lines, `at ${seconds} s`);
  }
}

async function activeLines(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelector("video")!.textTracks].filter(({ mode }) => mode === "showing")
      .flatMap(({ activeCues }) => [...activeCues!]).map((cue) => (cue as VTTCue).text)
  );
}

/** Once the list has them, those of the film. */
async function listed(page: Page, count: number): Promise<string[]> {
  const options = page.getByLabel("Subtitles", { exact: true }).locator("option");
  await options.nth(count - 1).waitFor({ state: "attached" });
  return await options.allTextContents();
}

const choose = (page: Page, label: string) =>
  page.getByLabel("Subtitles", { exact: true }).selectOption({ label });

const MATROSKA: TrackSource[] = [
  { text: ENGLISH, codec: "srt", language: "eng", disposition: "default" },
  { text: ASS, codec: "ass", language: "ger", title: "Signs & songs" },
  { text: ENGLISH, codec: "webvtt", language: "fre", disposition: "hearing_impaired" },
];

const hasNetwork = Deno.networkInterfaces().some(({ address, family }) =>
  family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
);

for (const listen of ["127.0.0.1:0", "0.0.0.0:0"]) {
  const where = listen.startsWith("0") ? "over plain HTTP" : "on a secure page";
  const ignore = ignoreBrowser || (listen.startsWith("0") && !hasNetwork);
  Deno.test({
    name: `embedded subtitles: those of a Matroska film are shown, ${where}`,
    ignore,
    async fn() {
      await using share = await TempDir.make();
      await makeSubtitled(`${share.path}/film.mkv`, MATROSKA);
      await using box = await Box.start(share.path, listen);
      await using browser = await Browser.start();
      const { page, problems } = await open("film.mkv", box, browser);
      assert.deepEqual(await listed(page, 4), [
        "No subtitles",
        "English",
        "German, Signs & songs",
        "French, for the deaf",
      ]);
      assert.equal(await page.getByLabel("Subtitles", { exact: true }).inputValue(), "");
      await choose(page, "English");
      await shows(page, 3, [HELLO]);
      await shows(page, 12, ["later"]);
      await shows(page, 20, ["last"]);
      await shows(page, 3, [HELLO]);
      await shows(page, 6, []);
      await choose(page, "German, Signs & songs");
      await shows(page, 3, ["<b>Hallo</b>, du&lt;img src=x onerror=alert(1)&gt;"]);
      await choose(page, "French, for the deaf");
      await shows(page, 3, [HELLO]);
      await page.getByLabel("How subtitles are shown").click();
      assert.equal(await page.getByText("Encoding", { exact: true }).isVisible(), false);
      for (let i = 0; i < 8; i++) await page.getByRole("button", { name: "Later" }).click();
      await shows(page, 5, [HELLO]);
      assert.notEqual(await page.title(), "owned");
      assert.deepEqual(problems, []);
      await page.close();
    },
  });

  Deno.test({
    name: `embedded subtitles: those of an MP4 film are shown, ${where}`,
    ignore,
    async fn() {
      await using share = await TempDir.make();
      await makeSubtitled(`${share.path}/film.mp4`, [
        { text: ENGLISH, codec: "mov_text", language: "eng" },
        { text: srt([3, 5, "Hallo <b>du</b>"]), codec: "mov_text", language: "deu" },
      ]);
      await using box = await Box.start(share.path, listen);
      await using browser = await Browser.start();
      const { page, problems } = await open("film.mp4", box, browser);
      assert.deepEqual(await listed(page, 3), ["No subtitles", "English", "German"]);
      await choose(page, "English");
      await shows(page, 3, [HELLO]);
      await shows(page, 20, ["last"]);
      await shows(page, 12, ["later"]);
      await choose(page, "German");
      await shows(page, 4, ["Hallo <b>du</b>"]);
      await shows(page, 6, []);
      assert.notEqual(await page.title(), "owned");
      assert.deepEqual(problems, []);
      await page.close();
    },
  });
}

Deno.test({
  name: "embedded subtitles: those of a WebM film are shown",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeSubtitled(`${share.path}/film.webm`, [{ text: ENGLISH, codec: "webvtt", language: "eng" }]);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await open("film.webm", box, browser);
    assert.deepEqual(await listed(page, 2), ["No subtitles", "English"]);
    await choose(page, "English");
    await shows(page, 20, ["last"]);
    await shows(page, 3, [HELLO]);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "embedded subtitles: forced ones in the sound's language and the language of last time come unasked",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    const tracks: TrackSource[] = [
      { text: srt([2, 4, "voll"]), codec: "srt", language: "ger" },
      { text: srt([2, 4, "forced"]), codec: "srt", language: "eng", disposition: "forced" },
    ];
    await makeSubtitled(`${share.path}/film.mkv`, tracks);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await open("film.mkv", box, browser);
    assert.deepEqual(await listed(page, 3), ["No subtitles", "German", "English, forced"]);
    await shows(page, 3, ["forced"]);
    await choose(page, "German");
    await shows(page, 3, ["voll"]);
    await page.reload();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
    await shows(page, 3, ["voll"]);
    await choose(page, "No subtitles");
    await page.reload();
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
    await shows(page, 3, ["forced"]);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "embedded subtitles: a line that began long before the place sought is shown there",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    const lines = srt([1, 2, "first"], [30, 57, "long"], [58, 59.5, "end"]);
    const tracks: TrackSource[] = [{ text: lines, codec: "srt", language: "eng" }];
    await makeLargeSubtitled(`${share.path}/film.mkv`, tracks);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await open("film.mkv", box, browser);
    await listed(page, 2);
    await shows(page, 54, []);
    // Switched on in the middle.
    await choose(page, "English");
    await shows(page, 55, ["long"]);
    await shows(page, 1.5, ["first"]);
    await shows(page, 58.5, ["end"]);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "embedded subtitles: a hundred thousand lines and a huge one leave the film and the page usable",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    const many = Array.from(
      { length: 100_000 },
      (_, i) => [i / 5_000, i / 5_000 + 0.01, `line ${i}`] as const,
    );
    const huge = ["<i><b>".repeat(5_000), HOSTILE.repeat(200), "{\\".repeat(5_000)].join(" ");
    await makeSubtitled(`${share.path}/film.mkv`, [
      { text: srt(...many), codec: "srt", language: "eng" },
      { text: srt([2, 4, huge], [10, 12, "after"]), codec: "srt", language: "ger" },
    ]);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await open("film.mkv", box, browser);
    await listed(page, 3);
    await choose(page, "German");
    await shows(page, 11, ["after"]);
    await choose(page, "English");
    await page.evaluate(() => {
      const video = document.querySelector("video")!;
      video.currentTime = 15;
      return video.play();
    });
    await page.waitForFunction(() => document.querySelector("video")!.currentTime > 16);
    const count = await page.evaluate(() => document.querySelector("video")!.textTracks[0]!.cues!.length);
    assert.ok(count > 1_000 && count <= 50_000, `${count} lines`);
    await choose(page, "No subtitles");
    await shows(page, 11, []);
    assert.notEqual(await page.title(), "owned");
    assert.deepEqual(problems, []);
    await page.close();
  },
});
