import { residentBytes } from "./program.ts";

/** Readings in a row that must agree, how far they may lie apart, and the time between two in milliseconds. */
const READINGS = 4;
const STEADY_SHARE = 0.01;
const GAP_MS = 1_000;

/** Readings at most; memory that never settles has the last of them. */
const MOST = 30;

/** Memory that a process holds once it changes no more, in bytes (`VmRSS`; Linux). */
export async function idleBytes(pid: number): Promise<number> {
  const readings: number[] = [];
  while (readings.length < MOST) {
    readings.push(await residentBytes(pid));
    const last = readings.slice(-READINGS);
    const spread = Math.max(...last) - Math.min(...last);
    if (last.length === READINGS && spread < STEADY_SHARE * last[0]!) break;
    await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  }
  return readings.at(-1)!;
}
