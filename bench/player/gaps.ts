/// <reference lib="dom" />
/** For how long a film stands still, and lacks bytes, when box or relay fail; in network namespaces (root). */
import { basename, dirname, resolve } from "node:path";
import { Browser } from "../../tests/player/support/browser.ts";
import { countFilmBytes, type Gap, gapOf } from "../../tests/player/support/gap.ts";
import { Setup } from "../../tests/player/support/setup.ts";
import { TwoNetworks } from "../../tests/player/support/two_networks.ts";
import { seeded } from "../../tests/support/seeded.ts";
import { summary } from "../statistics.ts";
import type { PlayerOptions } from "./options.ts";

type Fault = (networks: TwoNetworks, setup: Setup) => Promise<void>;

const FAULTS: Readonly<Record<string, Fault>> = {
  "the box has another address": (networks) => networks.renumberBox(),
  "the box is killed, starts again": async (_, setup) => {
    await setup.kill("box");
    await setup.startBox();
  },
  "the relay is killed, starts again": async (_, setup) => {
    await setup.kill("relay");
    await setup.startRelay();
  },
};

async function measure(
  options: PlayerOptions,
  fault: Fault,
  seeks: (() => number) | undefined,
): Promise<Gap> {
  const path = resolve(options.film);
  await using networks = await TwoNetworks.make();
  await using setup = await Setup.make({
    share: dirname(path),
    listen: `${TwoNetworks.router}:8090`,
    relayThrough: networks.router,
    boxThrough: networks.box,
  });
  await setup.startRelay();
  await setup.startBox();
  await using browser = await Browser.start({ through: networks.viewer, secureOrigin: setup.origin });
  const page = await browser.context.newPage();
  await countFilmBytes(page);
  await page.goto(setup.link({ path: basename(path) }));
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 1);
  return await gapOf(page, () => fault(networks, setup), seeks?.());
}

/** Measures every fault, with a seek to what is not loaded at the same moment and without. */
export async function gaps(options: PlayerOptions): Promise<string[]> {
  const chance = seeded(options.seed);
  // Beyond what a player reads ahead.
  const place = () => 200 + chance() * 100;
  const lines = ["| seconds | to the next byte | picture stood still |", "|---|---|---|"];
  for (const [name, fault] of Object.entries(FAULTS)) {
    for (const seeks of [place, undefined]) {
      const all: Gap[] = [];
      for (let i = 0; i < options.rounds; i++) all.push(await measure(options, fault, seeks));
      const cell = (key: keyof Gap) => {
        const { median, min, max } = summary(all.map((gap) => gap[key] / 1000));
        return `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
      };
      lines.push(
        `| ${name}${seeks ? ", with a seek" : ""} | ${cell("toFirstByte")} | ${cell("stoodStill")} |`,
      );
    }
  }
  return lines;
}
