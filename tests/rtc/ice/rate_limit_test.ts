import assert from "node:assert/strict";
import { RateLimit } from "../../../src/rtc/ice/rate_limit.ts";

/** Tokens taken by so many tries a millisecond. */
function taken(limit: RateLimit, from: number, to: number, perMs: number): number {
  let count = 0;
  for (let now = from; now < to; now++) {
    for (let i = 0; i < perMs; i++) if (limit.take(now)) count++;
  }
  return count;
}

Deno.test("rate: a second's worth at once, then as many as come", () => {
  const limit = new RateLimit(200);
  assert.equal(taken(limit, 5_000, 5_001, 1_000), 200);
  assert.equal(taken(limit, 5_001, 15_001, 3), 2_000);
});

Deno.test("rate: what is not used is kept for one second only", () => {
  const limit = new RateLimit(200);
  limit.take(0);
  assert.equal(taken(limit, 3_600_000, 3_600_001, 1_000), 200);
});

Deno.test("rate: a clock that stands still or goes back gives nothing", () => {
  const limit = new RateLimit(10);
  assert.equal(taken(limit, 100, 101, 50), 10);
  assert.equal(limit.take(50), false);
  assert.equal(limit.take(100), false);
  assert.equal(limit.take(200), true);
});
