/// <reference lib="dom" />
/** What a tab holds while it plays a large film fast for a long time. */
import { basename, dirname, resolve } from "node:path";
import { Browser } from "../../tests/player/support/browser.ts";
import { Program } from "../../tests/support/program.ts";
import { summary } from "../statistics.ts";
import type { PlayerOptions } from "./options.ts";
import { type TabMemory, tabMemory } from "./tab_memory.ts";

/** Between two measurements, in seconds. */
const EVERY = 15;

interface Sample extends TabMemory {
  /** Seconds since the film began, and the place in it. */
  readonly at: number;
  readonly place: number;
}

/**
 * Plays, and says what it measures by `say`.
 *
 * @returns lines of a table
 * @throws {Error} when the film stops
 */
export async function memory(options: PlayerOptions, say: (line: string) => void): Promise<string[]> {
  const path = resolve(options.film);
  const args = [`--allow-read=${dirname(path)}`, "serve", "--listen", options.listen];
  await using program = Program.spawn(args, {}, options.box ? { through: options.box } : undefined);
  const link = new URL(await program.link);
  const fragment = new URLSearchParams(link.hash.slice(1));
  fragment.set("path", basename(path));
  link.hash = String(fragment);
  await using browser = await Browser.start({
    ...(options.browser && { through: options.browser }),
    secureOrigin: link.origin,
  });
  const { page, problems } = await browser.open(link);
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1);
  await page.evaluate((rate) => void (document.querySelector("video")!.playbackRate = rate), options.rate);
  const samples: Sample[] = [];
  const began = performance.now();
  const end = began + options.minutes * 60_000;
  while (performance.now() < end) {
    await page.waitForTimeout(EVERY * 1000);
    const place = await page.evaluate(() => document.querySelector("video")!.currentTime);
    if (place <= (samples.at(-1)?.place ?? 0)) {
      throw new Error(`the film stands at ${place} s: ${problems.join()}`);
    }
    const sample = { at: (performance.now() - began) / 1000, place, ...await tabMemory(page) };
    samples.push(sample);
    say(
      `${sample.at.toFixed(0)} s\tat ${place.toFixed(0)} s\t${mebibytes(sample.resident)}\t${
        mebibytes(sample.own)
      }`,
    );
  }
  const seconds = samples.at(-1)!.at - samples[0]!.at;
  const rate = (samples.at(-1)!.place - samples[0]!.place) / seconds;
  return [
    `${options.minutes} minutes at ${rate.toFixed(1)} × speed; MiB, median (least to most) by sixth`,
    "| | resident | its own |",
    "|---|---|---|",
    ...Array.from({ length: 6 }, (_, i) => {
      const part = samples.slice(
        Math.floor(i * samples.length / 6),
        Math.floor((i + 1) * samples.length / 6),
      );
      return part.length === 0 ? [] : [`| ${i + 1} | ${range(part, "resident")} | ${range(part, "own")} |`];
    }).flat(),
  ];
}

function range(samples: readonly Sample[], key: keyof TabMemory): string {
  const { median, min, max } = summary(samples.map((sample) => sample[key]));
  return `${mebibytes(median)} (${mebibytes(min)}–${mebibytes(max)})`;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
