import assert from "node:assert/strict";
import { formatTimeLeft } from "../../src/player/page/time_left.ts";

Deno.test("what is left is said as roughly as it is known", () => {
  const said = (seconds: number) => formatTimeLeft(seconds * 1_000, 1_000, "en");
  assert.equal(said(3), "under 1 min left");
  assert.equal(said(60), "1 min left");
  assert.equal(said(250), "4 min left");
  assert.equal(said(3_600), "1 hr left");
  assert.equal(said(5_000), "1 hr 20 min left");
  assert.equal(said(7_100), "2 hr left");
  assert.equal(said(90_000), "1 day left");
  assert.equal(formatTimeLeft(1_000, 0, "en"), "");
  assert.equal(formatTimeLeft(Infinity, 1_000, "en"), "");
});
