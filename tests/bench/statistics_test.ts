import assert from "node:assert/strict";
import { median, percentile, roundRatios, summary } from "../../bench/statistics.ts";

Deno.test("median: the middle one, of an even number the mean of the two in the middle", () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 2, 4, 8]), 6);
  assert.equal(median([100, 20, 3]), 20, "by value, not as text");
  assert.throws(() => median([]), RangeError);
});

Deno.test("statistics leave their input as it was", () => {
  const values = Object.freeze([3, 1, 2]);
  assert.equal(median(values), 2);
  assert.equal(percentile(values, 1), 3);
  assert.deepEqual(values, [3, 1, 2]);
});

Deno.test("percentile: the nearest rank", () => {
  // The example of the nearest-rank method in common use.
  const values = [15, 20, 35, 40, 50];
  assert.equal(percentile(values, 0.05), 15);
  assert.equal(percentile(values, 0.3), 20);
  assert.equal(percentile(values, 0.4), 20);
  assert.equal(percentile(values, 0.5), 35);
  assert.equal(percentile(values, 1), 50);
  const twenty = Array.from({ length: 20 }, (_, i) => 20 - i);
  assert.equal(percentile(twenty, 0.5), 10);
  assert.equal(percentile(twenty, 0.95), 19);
  assert.throws(() => percentile([], 0.5), RangeError);
  assert.throws(() => percentile(values, 0), RangeError);
  assert.throws(() => percentile(values, 1.01), RangeError);
});

Deno.test("summary: median and spread", () => {
  assert.deepEqual(summary([4, 9, 2, 7, 5]), { median: 5, min: 2, max: 9 });
  assert.throws(() => summary([]), RangeError);
});

Deno.test("ratios are taken within a round", () => {
  // A machine that becomes half as fast in the second round: both halve, and the ratio stays.
  assert.deepEqual(roundRatios([300, 150, 300], [100, 50, 100]), [3, 3, 3]);
  // Their median is not the ratio of the medians, which would be 2.
  assert.equal(median(roundRatios([100, 200, 400], [10, 100, 400])), 2);
  assert.equal(median(roundRatios([100, 300, 400], [10, 400, 100])), 4);
  assert.throws(() => roundRatios([1, 2], [1]), RangeError);
});
