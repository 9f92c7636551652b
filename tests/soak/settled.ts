import type { MemoryLog } from "./memory_log.ts";
import { median } from "./statistics.ts";

/** Memory is steady when the medians of so many windows in a row are within this share of each other. */
const WINDOWS = 4;
const WINDOW_MS = 5_000;
const STEADY_SHARE = 0.01;

/**
 * Bytes once they are steady, or after `longestMs`: the median of the last window.
 *
 * @throws {Error} where the process ends before that
 */
export async function settled(log: MemoryLog, longestMs: number): Promise<number> {
  const began = performance.now();
  const medians: number[] = [];
  for (;;) {
    await Promise.race([new Promise((resolve) => setTimeout(resolve, WINDOW_MS)), log.ended]);
    const to = log.samples.at(-1)!.at;
    const window = log.samples.filter(({ at }) => at > to - WINDOW_MS);
    const value = median(window.map(({ value }) => value));
    medians.push(value);
    const last = medians.slice(-WINDOWS);
    const spread = Math.max(...last) - Math.min(...last);
    const isSteady = last.length === WINDOWS && spread < STEADY_SHARE * value;
    if (isSteady || performance.now() - began > longestMs) return value;
  }
}
