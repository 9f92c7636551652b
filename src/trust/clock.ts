import { TrustError } from "./trust_error.ts";

/** How far the clocks of a box and a viewer may be apart, in milliseconds. */
export const CLOCK_SKEW_MS = 10 * 60_000;

/** @throws {TrustError} clock */
export function checkClock(time: number, now: number): void {
  if (Math.abs(now - time) > CLOCK_SKEW_MS) {
    throw new TrustError("clock", "the clocks of box and viewer are more than 10 minutes apart");
  }
}
