import assert from "node:assert/strict";
import { growth, median, slope } from "./statistics.ts";

Deno.test("statistics: the median of odd and even numbers of values", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 6]), 5.5);
  assert.throws(() => median([]), RangeError);
});

Deno.test("statistics: the slope of a line, and of points around one", () => {
  assert.equal(slope([[0, 10], [8, 34], [32, 106]]), 3);
  // Worked by hand: the means are 2 and 3, the sums of products and squares 4 and 8.
  assert.equal(slope([[0, 2], [2, 3], [2, 3], [4, 4]]), 0.5);
  assert.throws(() => slope([[1, 2], [1, 3]]), RangeError);
});

Deno.test("statistics: growth from the first minute to the last", () => {
  const samples = Array.from({ length: 301 }, (_, second) => ({ at: second * 1_000, value: second }));
  assert.deepEqual(growth(samples, 60_000), { first: 30, last: 270, max: 300 });
  assert.deepEqual(growth(samples.slice(0, 31), 60_000), { first: 5, last: 25, max: 30 });
  assert.deepEqual(growth([{ at: 7, value: 3 }], 60_000), { first: 3, last: 3, max: 3 });
});
