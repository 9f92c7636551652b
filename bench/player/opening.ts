/// <reference lib="dom" />
/**
 * How soon a film is there after its link is opened, with an empty profile, and how soon after a seek; beside
 * the same film over plain HTTP in the same browser, in alternating rounds.
 */
import { basename, dirname, resolve } from "node:path";
import type { Page } from "playwright-core";
import { Browser } from "../../tests/player/support/browser.ts";
import { Program } from "../../tests/support/program.ts";
import { seeded } from "../../tests/support/seeded.ts";
import { roundRatios, summary } from "../statistics.ts";
import { firstFrame, isBuffered, noteFirstFrame, seekTime } from "./frames.ts";
import type { PlayerOptions, Through } from "./options.ts";

const SEEKS = 5;

/** A browser that has just started loads pages of its own, and the box settles meanwhile. */
const SETTLING_MS = 3_000;

/** The ways a film can come; how each is served, and whether its page counts as secure. */
const WAYS = ["plain HTTP", "secure context", "insecure context"] as const;
type Way = typeof WAYS[number];

interface Figures {
  /** Milliseconds to the first picture, one a round. */
  readonly opening: number[];
  /** Milliseconds of each seek. */
  readonly seeks: number[];
}

interface Served extends AsyncDisposable {
  readonly link: string;
}

/** What shows the film in the browser. */
async function serve(way: Way, options: PlayerOptions): Promise<Served> {
  const path = resolve(options.film);
  if (way === "plain HTTP") {
    const words = [
      Deno.execPath(),
      "run",
      "-A",
      "--no-check",
      "bench/player/plain_server.ts",
      options.listen,
      path,
    ];
    return await plain(options.box, words, `http://${options.listen}/`);
  }
  const args = [`--allow-read=${dirname(path)}`, "serve", "--listen", options.listen];
  const program = Program.spawn(args, {}, options.box ? { through: options.box } : undefined);
  const link = new URL(await program.link);
  const fragment = new URLSearchParams(link.hash.slice(1));
  fragment.set("path", basename(path));
  link.hash = String(fragment);
  return { link: String(link), [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

async function plain(through: Through | undefined, words: string[], link: string): Promise<Served> {
  const [command, ...args] = [...through ?? [], ...words];
  const process = new Deno.Command(command!, { args, stdout: "piped" }).spawn();
  // It says so when it listens.
  for await (const _ of process.stdout.values({ preventCancel: true })) break;
  return {
    link,
    async [Symbol.asyncDispose]() {
      process.kill();
      await process.stdout.cancel();
      await process.status;
    },
  };
}

async function measure(
  way: Way,
  options: PlayerOptions,
  chance: () => number,
  figures: Figures,
): Promise<void> {
  await using served = await serve(way, options);
  await using browser = await Browser.start({
    ...(options.browser && { through: options.browser }),
    ...(way !== "insecure context" && { secureOrigin: `http://${options.listen}` }),
  });
  const page = await settledPage(browser);
  await noteFirstFrame(page);
  await page.goto(served.link);
  figures.opening.push(await firstFrame(page));
  const duration = await page.evaluate(() => document.querySelector("video")!.duration);
  for (let i = 0; i < SEEKS;) {
    const place = chance() * (duration - 10);
    if (await isBuffered(page, place)) continue;
    figures.seeks.push(await seekTime(page, place));
    i++;
  }
}

/** A page in a browser that is done with its own start. */
async function settledPage(browser: Browser): Promise<Page> {
  const page = await browser.context.newPage();
  await page.goto("about:blank");
  await page.waitForTimeout(SETTLING_MS);
  return page;
}

/** Measures all ways and returns the lines of a table. */
export async function opening(options: PlayerOptions): Promise<string[]> {
  const chance = seeded(options.seed);
  const all = new Map<Way, Figures>(WAYS.map((way) => [way, { opening: [], seeks: [] }]));
  for (let round = 0; round < options.rounds; round++) {
    for (const [way, figures] of all) await measure(way, options, chance, figures);
  }
  const base = all.get("plain HTTP")!;
  const cell = (values: readonly number[], plain: readonly number[]) => {
    const { median, min, max } = summary(values);
    const ratio = summary(roundRatios(values, plain)).median;
    return `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)}) ms | ${ratio.toFixed(2)}`;
  };
  return [
    "| | first picture | to plain HTTP | seek to its picture | to plain HTTP |",
    "|---|---|---|---|---|",
    ...[...all].map(([way, { opening, seeks }]) =>
      `| ${way} | ${cell(opening, base.opening)} | ${cell(seeks, base.seeks)} |`
    ),
  ];
}
