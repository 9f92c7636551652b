import assert from "node:assert/strict";
import { WindowedMax } from "../../../../src/rtc/sctp/congestion/windowed_filter.ts";
import { seeded } from "../../../support/seeded.ts";

Deno.test("windowed filter: it is the largest value of the last periods, as found by looking at all", () => {
  const random = seeded(11);
  for (const length of [1, 2, 5, 10]) {
    const filter = new WindowedMax(length);
    const all: { value: number; period: number }[] = [];
    let period = 0;
    for (let i = 0; i < 2_000; i++) {
      if (random() < 0.2) period++;
      const value = Math.floor(random() * 100);
      filter.add(value, period);
      all.push({ value, period });
      const late = all.filter((entry) => entry.period > period - length).map((entry) => entry.value);
      assert.equal(filter.value, Math.max(...late));
    }
  }
});

Deno.test("windowed filter: time passing drops the old, but never the newest", () => {
  const filter = new WindowedMax(2);
  assert.equal(filter.value, 0);
  filter.add(50, 0);
  filter.add(20, 1);
  assert.equal(filter.value, 50);
  filter.advance(2);
  assert.equal(filter.value, 20);
  filter.advance(9);
  assert.equal(filter.value, 20);
});
