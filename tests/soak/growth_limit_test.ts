import assert from "node:assert/strict";
import { checkedGrowth } from "./growth_limit.ts";

/** Samples of so many seconds that grow by `each` bytes a second. */
function growing(seconds: number, each: number): { at: number; value: number }[] {
  return Array.from({ length: seconds + 1 }, (_, i) => ({ at: i * 1_000, value: 100e6 + i * each }));
}

Deno.test("growth limit: the last minute may be over the second by 32 MB and no more", () => {
  // The medians of a run of 4 minutes are 2 minutes apart.
  assert.equal(
    checkedGrowth(growing(240, 32e6 / 120)),
    "memory of the program 100.0 MB at the start, 124.0 MB in the second minute and 156.0 MB in the last " +
      "(medians), 164.0 MB at most",
  );
  assert.throws(() => checkedGrowth(growing(240, 33e6 / 120)), /it grew by more than 32\.0 MB/);
});

Deno.test("growth limit: a run of less than three minutes is not judged", () => {
  assert.match(checkedGrowth(growing(120, 10e6)), /too short a run to judge growth/);
});
