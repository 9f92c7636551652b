import assert from "node:assert/strict";
import { checkedGrowth } from "./growth_limit.ts";

/** Samples of so many seconds that grow by `each` bytes a second. */
function growing(seconds: number, each: number): { at: number; value: number }[] {
  return Array.from({ length: seconds + 1 }, (_, i) => ({ at: i * 1_000, value: 100e6 + i * each }));
}

Deno.test("growth limit: the last minute may be over the first by 32 MB and no more", () => {
  // The medians of a run of 3 minutes are 2 minutes apart.
  assert.equal(
    checkedGrowth(growing(180, 32e6 / 120)),
    "memory of the program 108.0 MB at first and 140.0 MB at last (medians), 148.0 MB at most",
  );
  assert.throws(() => checkedGrowth(growing(180, 33e6 / 120)), /it grew by more than 32\.0 MB/);
});

Deno.test("growth limit: a run of less than two minutes is not judged", () => {
  assert.match(checkedGrowth(growing(60, 10e6)), /too short a run to judge growth/);
});
