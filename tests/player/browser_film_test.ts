/// <reference lib="dom" />
/** What people expect of a film besides that it plays: keys, loudness, the lock screen, a hand to begin with. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { TempDir } from "../support/temp_dir.ts";
import { Box } from "./support/box.ts";
import { Browser } from "./support/browser.ts";
import { ffmpeg, makeWebm, SECONDS } from "./support/media.ts";
import { ignoreBrowser } from "./support/requirements.ts";

const SUBTITLES = "1\n00:00:00,000 --> 00:00:23,000\nA line.\n";

function linkTo(box: Box, path: string): URL {
  const url = new URL(box.link);
  url.hash = String(new URLSearchParams({ token: box.token, path }));
  return url;
}

async function plays(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const video = document.querySelector("video");
    return video !== null && !video.paused && video.currentTime > 0.2;
  });
}

/** Waits until the film's element says `yes`, which is asked of its properties in the page. */
function is(
  page: Page,
  property: "playbackRate" | "volume" | "muted",
  value: number | boolean,
): Promise<unknown> {
  return page.waitForFunction(
    ([property, value]) => document.querySelector("video")?.[property] === value,
    [property, value] as const,
  );
}

Deno.test({
  name: "film: keys change speed, place, subtitles and loudness, and say so",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeWebm(`${share.path}/The_Film.webm`);
    await Deno.writeTextFile(`${share.path}/The_Film.en.srt`, SUBTITLES);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await browser.open(linkTo(box, "The_Film.webm"));
    await plays(page);
    const said = (words: RegExp) => page.locator(".flash", { hasText: words }).waitFor();
    const { keyboard } = page;

    await keyboard.press(">");
    await said(/^Speed 1.25 ×$/);
    await is(page, "playbackRate", 1.25);
    await keyboard.press("<");
    await keyboard.press("<");
    await is(page, "playbackRate", 0.75);
    await keyboard.press(">");
    await is(page, "playbackRate", 1);

    await keyboard.press("5");
    await page.waitForFunction((half) => {
      const { currentTime, seeking } = document.querySelector("video")!;
      return !seeking && currentTime >= half && currentTime < half + 5;
    }, SECONDS / 2);

    await page.getByLabel("Subtitles", { exact: true }).waitFor();
    await keyboard.press("c");
    await said(/English/);
    await page.waitForFunction(() => {
      const [track] = document.querySelector("video")!.textTracks;
      return track?.mode === "showing" && (track.activeCues?.[0] as VTTCue)?.text === "A line.";
    });
    await keyboard.press("c");
    await said(/^No subtitles$/);
    await page.waitForFunction(() => document.querySelector("video")!.textTracks[0]!.mode === "disabled");

    await keyboard.press("ArrowDown");
    await said(/^Volume 90 %$/);
    await keyboard.press("m");
    await is(page, "muted", true);
    await page.reload();
    await plays(page);
    await is(page, "volume", 0.9);
    await is(page, "muted", true);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "film: the system is told what plays and where it is, and no longer when it has been left",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await Deno.mkdir(`${share.path}/Films`);
    await makeWebm(`${share.path}/Films/The_Film.webm`);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    // The browser keeps what it was told to itself.
    await browser.context.addInitScript(() => {
      const handlers: Record<string, MediaSessionActionHandler | null> = {};
      const session = navigator.mediaSession;
      const set = session.setActionHandler.bind(session);
      session.setActionHandler = (action, handler) => {
        set(action, handler);
        handlers[action] = handler;
      };
      Object.assign(globalThis, { handlers });
    });
    const { page, problems } = await browser.open(linkTo(box, "Films/The_Film.webm"));
    await plays(page);
    const told = await page.evaluate(() => {
      const { metadata, playbackState } = navigator.mediaSession;
      return [metadata?.title, metadata?.artist, playbackState];
    });
    assert.deepEqual(told, ["The Film", "Films", "playing"]);
    await page.evaluate(() => {
      const { handlers } = globalThis as unknown as { handlers: Record<string, MediaSessionActionHandler> };
      handlers["seekto"]!({ action: "seekto", seekTime: 15 });
      handlers["pause"]!({ action: "pause" });
    });
    await page.waitForFunction(() => {
      const { currentTime, paused } = document.querySelector("video")!;
      return paused && currentTime >= 15 && navigator.mediaSession.playbackState === "paused";
    });
    // What it needs is beside what comes.
    await page.locator(".badge").click();
    await page.locator(".facts div", { hasText: /^Film needs[\d.]+ [kM]bit\/s$/ }).waitFor();
    await page.locator(".breadcrumb a", { hasText: "Films" }).click();
    await page.waitForSelector("a.entry");
    assert.equal(await page.evaluate(() => navigator.mediaSession.metadata), null);
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "film: where the browser plays nothing before it is touched, a large button begins",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await makeWebm(`${share.path}/film.webm`);
    await using box = await Box.start(share.path);
    await using browser = await Browser.start({ asksToPlay: true });
    // Whatever the driver runs in a page counts as a touch, so the page has to tell by itself.
    const asks = Promise.withResolvers<void>();
    await browser.context.exposeFunction("asks", asks.resolve);
    await browser.context.addInitScript(() => {
      new MutationObserver(() => {
        const { asks } = globalThis as unknown as { asks: () => void };
        if (document.querySelector(".begin")) asks();
      }).observe(document, { childList: true, subtree: true });
    });
    const { page, problems } = await browser.open(linkTo(box, "film.webm"));
    await asks.promise;
    const begin = page.locator(".stage .begin");
    assert.equal(await page.evaluate(() => document.querySelector("video")!.paused), true);
    await begin.click();
    await plays(page);
    await begin.waitFor({ state: "detached" });
    assert.deepEqual(problems, []);
    await page.close();
  },
});

Deno.test({
  name: "film: songs follow one another by themselves, in the order of the folder",
  ignore: ignoreBrowser,
  async fn() {
    await using share = await TempDir.make();
    await ffmpeg("-f", "lavfi", "-i", "sine", "-t", "2", `${share.path}/2 second.mp3`);
    for (const name of ["10 last.mp3", "1 first.mp3"]) {
      await Deno.copyFile(`${share.path}/2 second.mp3`, `${share.path}/${name}`);
    }
    await Deno.writeTextFile(`${share.path}/3 text.txt`, "A text.\n");
    await using box = await Box.start(share.path);
    await using browser = await Browser.start();
    const { page, problems } = await browser.open(linkTo(box, "1 first.mp3"));
    for (const name of ["1 first.mp3", "2 second.mp3", "10 last.mp3"]) {
      await page.locator("h1", { hasText: name }).waitFor();
      await page.waitForFunction(() => (document.querySelector("audio")?.currentTime ?? 0) > 0.2);
    }
    await page.waitForFunction(() => document.querySelector("audio")!.ended);
    await page.keyboard.press("n");
    await page.getByText("There is no next one here.").waitFor();
    assert.equal(await page.locator("h1").textContent(), "10 last.mp3");
    assert.deepEqual(problems, []);
    await page.close();
  },
});
