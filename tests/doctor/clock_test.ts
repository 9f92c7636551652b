import assert from "node:assert/strict";
import { skewFinding } from "../../src/doctor/network/relay.ts";

const MINUTE = 60_000;

Deno.test("doctor: ten minutes between two clocks are borne, more are not", () => {
  assert.equal(skewFinding(10 * MINUTE).state, "good");
  assert.equal(skewFinding(-10 * MINUTE).state, "good");
  assert.equal(skewFinding(10 * MINUTE + 1).state, "bad");
  assert.equal(skewFinding(-10 * MINUTE - 1).state, "bad");
});

Deno.test("doctor: it says in which direction a clock is off, and how far", () => {
  const text = (ms: number) => skewFinding(ms).text;
  assert.equal(text(90 * MINUTE), "this box is 90 minutes behind the relay");
  assert.equal(text(-7 * 60 * MINUTE), "this box is 7 hours ahead of the relay");
  assert.equal(text(366 * 24 * 60 * MINUTE), "this box is 366 days behind the relay");
});
