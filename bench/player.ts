/**
 * The player in Chromium with a film of yours:
 *
 *     deno task bench:player opening --film=film.mp4 [--rounds=7]        first picture and seeks, beside plain HTTP
 *     deno task bench:player gaps --film=film.mp4 [--rounds=3]           what faults do to a film that plays
 *     deno task bench:player memory --film=film.mkv [--minutes=60] [--rate=8]
 *
 * `--listen=<host:port>`, `--box="<command>"` and `--browser="<command>"` put both ends of a path between them, such
 * as `--box="ip netns exec home"`. Figures of one run can be compared with each other; between runs and machines
 * only their ratios can.
 */
import { describeMachine } from "./machine.ts";
import { UsageError } from "./options.ts";
import { gaps } from "./player/gaps.ts";
import { memory } from "./player/memory.ts";
import { opening } from "./player/opening.ts";
import { parsePlayerOptions, type Part, type PlayerOptions } from "./player/options.ts";

const write = (to: { writeSync(bytes: Uint8Array): number }) => (text: string) =>
  void to.writeSync(new TextEncoder().encode(`${text}\n`));
const say = write(Deno.stderr);
const print = write(Deno.stdout);

const MEASUREMENTS: Readonly<Record<Part, (options: PlayerOptions) => Promise<string[]>>> = {
  opening,
  gaps,
  memory: (options) => memory(options, say),
};

try {
  const options = parsePlayerOptions(Deno.args);
  const { cpu, cores, kernel, deno, load } = describeMachine();
  print(`${cpu}, ${cores} cores, load ${load.toFixed(1)}; ${kernel}; Deno ${deno}`);
  for (const line of await MEASUREMENTS[options.part](options)) print(line);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`bench:player: ${error.message}`);
  Deno.exitCode = 2;
}
