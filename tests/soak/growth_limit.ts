import { megabytes } from "./report.ts";
import { growth, type Sample } from "./statistics.ts";

const MINUTE_MS = 60_000;

/** What a program that keeps nothing may still differ by, in bytes: its collector takes its time. */
const LIMIT = 32e6;

/** The first minute is all warming up: compiled code, buffers and the first large collections. */
const WARM_UP_MS = MINUTE_MS;

/** Two more, so that the first of them and the last are not one. */
const SHORTEST_MS = WARM_UP_MS + 2 * MINUTE_MS;

/**
 * How memory, in bytes, went from the second minute to the last, in words.
 *
 * @throws {Error} where the last minute's median is over the second one's by more than {@link LIMIT}, in a
 *   run of at least {@link SHORTEST_MS}
 */
export function checkedGrowth(samples: readonly Sample[]): string {
  const cold = samples[0]?.value ?? 0;
  const start = `memory of the program ${megabytes(cold)} at the start`;
  if ((samples.at(-1)?.at ?? 0) < SHORTEST_MS) return `${start}; too short a run to judge growth`;
  const { first, last, max } = growth(samples.filter(({ at }) => at >= WARM_UP_MS), MINUTE_MS);
  const words = `${start}, ${megabytes(first)} in the second minute and ${megabytes(last)} in the last ` +
    `(medians), ${megabytes(max)} at most`;
  if (last - first > LIMIT) throw new Error(`${words}: it grew by more than ${megabytes(LIMIT)}`);
  return words;
}
