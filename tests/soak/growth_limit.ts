import { megabytes } from "./report.ts";
import { growth, type Sample } from "./statistics.ts";

const MINUTE_MS = 60_000;

/** What a program that keeps nothing may still differ by, in bytes: its collector takes its time. */
const LIMIT = 32e6;

/** In a shorter run the first minute is all warming up: compiled code and the first collections. */
const SHORTEST_MS = 2 * MINUTE_MS;

/**
 * How memory, in bytes, went from the first minute to the last, in words.
 *
 * @throws {Error} where the last minute's median is over the first one's by more than {@link LIMIT}, in a
 *   run of at least {@link SHORTEST_MS}
 */
export function checkedGrowth(samples: readonly Sample[]): string {
  const { first, last, max } = growth(samples, MINUTE_MS);
  const words = `memory of the program ${megabytes(first)} at first and ${megabytes(last)} at last ` +
    `(medians), ${megabytes(max)} at most`;
  if (samples.at(-1)!.at < SHORTEST_MS) return `${words}; too short a run to judge growth`;
  if (last - first > LIMIT) throw new Error(`${words}: it grew by more than ${megabytes(LIMIT)}`);
  return words;
}
