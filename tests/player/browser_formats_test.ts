/// <reference lib="dom" />
/**
 * Films of every common format play, can be sought through and are heard: from the machine itself, where the
 * browser grants service workers and codecs, and over plain HTTP from another address, where it does not.
 */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { ffmpeg, FORMAT_NAMES, makeFormat, makeTwoSounds, SECONDS } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

/** Shares of the duration. */
const PLACES = [0.1, 0.5, 0.95];

/** Hertz. */
const TONE = 440;

const address = Deno.networkInterfaces().find(({ address, family }) =>
  family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
)?.address;

const CONTEXTS = [
  { name: "on the machine itself", host: "127.0.0.1", secure: true },
  ...(address === undefined ? [] : [{ name: "over plain HTTP", host: address, secure: false }]),
];

function link(box: Box, host: string, path: string): URL {
  const url = new URL(box.link);
  url.hostname = host;
  url.hash = String(new URLSearchParams({ token: box.token, path }));
  return url;
}

/** Plays on from a place by half a second, and answers the loudest tone meanwhile, in hertz. */
async function playFrom(page: Page, share: number): Promise<number> {
  return await page.evaluate(async (share) => {
    const media = document.querySelector<HTMLMediaElement>("video, audio")!;
    const to = media.duration * share;
    media.currentTime = to;
    await new Promise<void>((resolve) => {
      media.ontimeupdate = () => {
        if (!media.seeking && media.currentTime > to + 0.5) resolve();
      };
    });
    const { analyser } = globalThis as unknown as { analyser: AnalyserNode };
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const loudest = levels.indexOf(Math.max(...levels));
    return levels[loudest]! < -60 ? 0 : loudest * analyser.context.sampleRate / analyser.fftSize;
  }, share);
}

/** Listens to the page's film from now on. */
async function listen(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const media = document.querySelector<HTMLMediaElement>("video, audio");
    return media !== null && media.currentTime > 0.2;
  });
  await page.evaluate(async () => {
    const context = new AudioContext();
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = 4_096;
    context.createMediaElementSource(document.querySelector<HTMLMediaElement>("video, audio")!)
      .connect(analyser).connect(context.destination);
    Object.assign(globalThis, { analyser });
  });
}

for (const { name, host, secure } of CONTEXTS) {
  Deno.test({
    name: `formats: each plays, seeks and is heard, ${name}`,
    ignore: ignoreBrowser,
    async fn(test) {
      await using share = await TempDir.make();
      for (const format of FORMAT_NAMES) await makeFormat(share.path, format);
      await using box = await Box.start(share.path, secure ? undefined : `${host}:0`);
      await using browser = await Browser.start();
      for (const format of FORMAT_NAMES) {
        await test.step(format, async () => {
          const { page, problems } = await browser.open(link(box, host, format));
          assert.equal(await page.evaluate(() => isSecureContext), secure);
          const sentence = page.waitForSelector(".sentence").then((said) => said.textContent());
          // A browser without the codec says so, and means this file.
          if (format === "hevc.mkv" && !await canPlayHevc(page)) {
            assert.match(await sentence ?? "", /no decoder for the picture \(hevc\) of this Matroska file/);
            return await page.close();
          }
          sentence.catch(() => {});
          // The silent player of such a file gives way to one that makes the sound audible.
          if (format === "ac3.mp4") await page.waitForSelector('video[src^="blob:"]');
          await listen(page);
          for (const place of PLACES) {
            const tone = await playFrom(page, place);
            assert.ok(Math.abs(tone - TONE) < 25, `${tone} Hz at ${place}`);
          }
          const duration = await page.evaluate(() =>
            document.querySelector<HTMLMediaElement>("video, audio")!.duration
          );
          // Of an Ogg file the browser itself only guesses it.
          assert.ok(Math.abs(duration - SECONDS) < 1, `${duration} s`);
          assert.deepEqual(problems, []);
          await page.close();
        });
      }
    },
  });
}

async function canPlayHevc(page: Page): Promise<boolean> {
  return await page.evaluate(() => MediaSource.isTypeSupported('video/mp4; codecs="hev1.1.6.L60.90"'));
}

for (const film of ["two.mkv", "two.mp4"]) {
  Deno.test({
    name: `formats: one of several sounds can be chosen while ${film} plays, and is the choice for the next`,
    ignore: ignoreBrowser,
    async fn() {
      await using share = await TempDir.make();
      // Such as a browser plays by itself, the first sound alone.
      await makeTwoSounds(`${share.path}/${film}`);
      await using box = await Box.start(share.path);
      await using browser = await Browser.start();
      const { page, problems } = await browser.open(link(box, "127.0.0.1", film));
      const choice = page.getByLabel("Sound");
      await choice.waitFor();
      await listen(page);
      assert.ok(Math.abs(await playFrom(page, 0.2) - 440) < 25);
      assert.deepEqual(await choice.locator("option").allTextContents(), [
        "English, mono, aac",
        "German, mono, aac",
      ]);
      await choice.selectOption({ index: 1 });
      // Another element may play it now.
      await page.waitForSelector('video[src^="blob:"]');
      if (film === "two.mp4") await listen(page);
      assert.ok(Math.abs(await playFrom(page, 0.4) - 1_760) < 25);
      await page.reload();
      await page.waitForSelector('video[src^="blob:"]');
      await listen(page);
      assert.ok(Math.abs(await playFrom(page, 0.6) - 1_760) < 25);
      assert.equal(await choice.locator("option:checked").textContent(), "German, mono, aac");
      assert.deepEqual(problems, []);
      await page.close();
    },
  });
}

Deno.test({
  name: "formats: a film that no browser plays is named with what it holds, and what plays it",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    const sources = [
      "-f",
      "lavfi",
      "-i",
      "testsrc2=size=160x90:rate=25",
      "-f",
      "lavfi",
      "-i",
      "sine",
      "-t",
      "1",
    ];
    await ffmpeg(
      ...sources,
      "-c:v",
      "mpeg4",
      "-vtag",
      "XVID",
      "-c:a",
      "libmp3lame",
      `${share.path}/film.avi`,
    );
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await browser.open(link(box, "127.0.0.1", "film.avi"));
    const said = page.locator(".sentence");
    await said.waitFor();
    assert.equal(
      await said.textContent(),
      "Browsers do not play AVI files; this one holds MPEG-4 Visual and MP3. " +
        "Download it to play it elsewhere, such as in VLC.",
    );
    assert.match(await said.locator("a").getAttribute("rel") ?? "", /noreferrer/);
    await page.getByRole("link", { name: "Download" }).waitFor();
    assert.deepEqual(problems, []);
    await page.close();
  },
});
