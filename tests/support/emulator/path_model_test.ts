import assert from "node:assert/strict";
import { HEADERS, PathModel } from "./path_model.ts";
import type { DirectionSettings } from "./settings.ts";

/** Fates of `count` packets of 1,000 bytes, one each ms. */
function fates(settings: Partial<DirectionSettings>, { count = 20_000, seed = 7 } = {}): {
  model: PathModel;
  arrivals: (readonly number[])[];
} {
  const model = new PathModel(seed, settings);
  return { model, arrivals: Array.from({ length: count }, (_, i) => model.take(i, 1_000, i)) };
}

/** Indices of the packets that never arrive. */
function missing(arrivals: readonly (readonly number[])[]): number[] {
  return arrivals.flatMap(({ length }, i) => length === 0 ? [i] : []);
}

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}

Deno.test("path model: by itself it passes every packet at once", () => {
  const { model, arrivals } = fates({}, { count: 100 });
  assert.deepEqual(arrivals, Array.from({ length: 100 }, (_, i) => [i]));
  assert.deepEqual(model.counts, {
    given: 100,
    lost: 0,
    lostInBursts: 0,
    dropped: 0,
    heldBack: 0,
    duplicated: 0,
  });
});

Deno.test("path model: the same seed hits the same packets, another seed others", () => {
  const settings = { loss: 0.1, reorder: 0.1, reorderMs: 5, duplicate: 0.1, jitter: 3, delay: 10 };
  const first = fates(settings).arrivals;
  assert.deepEqual(fates(settings).arrivals, first);
  assert.notDeepEqual(missing(fates(settings, { seed: 8 }).arrivals), missing(first));
});

Deno.test("path model: which packets are lost depends on no other setting", () => {
  const alone = missing(fates({ loss: 0.1 }).arrivals);
  const among = fates({ loss: 0.1, reorder: 0.3, reorderMs: 9, duplicate: 0.2, jitter: 4, delay: 50 });
  assert.deepEqual(missing(among.arrivals), alone);
});

Deno.test("path model: shares of lost, overtaken and doubled packets are those that were set", () => {
  // The tolerance is four standard deviations of 20,000 draws.
  const { model, arrivals } = fates({ loss: 0.05, reorder: 0.1, reorderMs: 5, duplicate: 0.01 });
  const { counts } = model;
  near(counts.lost / 20_000, 0.05, 0.0062);
  assert.equal(missing(arrivals).length, counts.lost);
  near(counts.heldBack / (20_000 - counts.lost), 0.1, 0.0087);
  near(counts.duplicated / (20_000 - counts.lost), 0.01, 0.0029);
  assert.equal(arrivals.filter(({ length }) => length === 2).length, counts.duplicated);
  assert.equal(arrivals.filter(([time], i) => time === i + 5).length, counts.heldBack);
});

Deno.test("path model: decisions of one packet are independent of each other", () => {
  const { model, arrivals } = fates({ reorder: 0.3, reorderMs: 5, duplicate: 0.3 });
  const both = arrivals.filter((times, i) => times.length === 2 && times[0] === i + 5).length;
  near(both / model.counts.given, 0.09, 0.0081);
});

Deno.test("path model: bursts are as long and as frequent as Gilbert and Elliott say", () => {
  const { model, arrivals } = fates({ burstLoss: { enter: 0.01, leave: 0.25 } }, { count: 200_000 });
  const lost = missing(arrivals);
  const bursts = lost.filter((index, i) => lost[i - 1] !== index - 1).length;
  near(lost.length / 200_000, 0.01 / 0.26, 0.004);
  near(lost.length / bursts, 4, 0.3);
  assert.deepEqual([model.counts.lostInBursts, model.counts.lost], [lost.length, 0]);
});

Deno.test("path model: what is held back is overtaken, and holds nothing up", () => {
  const { arrivals } = fates({ delay: 20, reorder: 0.5, reorderMs: 10 });
  assert.ok(arrivals.every(([time], i) => time === i + 20 || time === i + 30));
  const overtaken = arrivals.filter(([time], i) => arrivals[i + 1] && time! > arrivals[i + 1]![0]!).length;
  near(overtaken / 20_000, 0.25, 0.0123);
});

Deno.test("path model: jitter delays by no more than it says, and keeps the order", () => {
  const { arrivals } = fates({ delay: 20, jitter: 15 });
  const times = arrivals.map(([time]) => time!);
  assert.ok(times.every((time, i) => time >= i + 20 && time < i + 35));
  assert.ok(times.every((time, i) => i === 0 || time >= times[i - 1]!));
  assert.ok(new Set(times.map((time, i) => Math.floor(time - i - 20))).size > 10, "the delay varies");
});

Deno.test("path model: packets leave at the rate, headers included", () => {
  // 1 Mbit/s is 125 bytes in one ms.
  const model = new PathModel(1, { rate: 1, delay: 5, queue: { ms: 1_000 } });
  const size = 1_000 - HEADERS;
  assert.deepEqual([0, 1, 2].map((i) => model.take(i, size, 0)), [[13], [21], [29]]);
  assert.deepEqual(model.take(3, size, 100), [113], "after a pause it begins anew");
});

Deno.test("path model: the queue takes what it has room for and drops the rest", () => {
  const size = 1_000 - HEADERS;
  for (const queue of [{ ms: 40 }, { bytes: 5_000 }]) {
    const model = new PathModel(1, { rate: 1, queue });
    const taken = Array.from({ length: 8 }, (_, i) => model.take(i, size, 0).length);
    assert.deepEqual(taken, [1, 1, 1, 1, 1, 0, 0, 0]);
    assert.equal(model.counts.dropped, 3);
    assert.deepEqual(model.take(8, size, 8), [48], "when one has left there is room for one");
  }
  const small = new PathModel(1, { rate: 1, queue: { bytes: 0 } });
  assert.deepEqual([small.take(0, size, 0).length, small.take(1, size, 0).length], [1, 0]);
});

Deno.test("path model: settings change from the next packet on, the order stays", () => {
  const model = new PathModel(1, { delay: 50 });
  assert.deepEqual(model.take(0, 100, 0), [50]);
  model.set({ delay: 10 });
  assert.deepEqual(model.take(1, 100, 1), [50], "not before the one ahead");
  assert.deepEqual(model.take(2, 100, 60), [70]);
  model.set({ loss: 1 });
  assert.deepEqual(model.take(3, 100, 61), []);
  assert.equal(model.settings.delay, 10, "what is left out stays");
});

Deno.test("path model: settings that mean nothing are refused, and none of them is taken", () => {
  const model = new PathModel(1, { delay: 5 });
  for (
    const settings of [
      { loss: 1.1 },
      { loss: -0.1 },
      { reorder: NaN },
      { duplicate: 2 },
      { burstLoss: { enter: 0.1, leave: 7 } },
      { delay: -1 },
      { jitter: Infinity },
      { rate: -1 },
      { queue: { ms: -1 } },
      { queue: { bytes: NaN } },
    ]
  ) {
    assert.throws(() => model.set({ ...settings, reorderMs: 9 }), RangeError, JSON.stringify(settings));
  }
  assert.throws(() => new PathModel(1, { loss: 3 }), { message: "loss is a share from 0 to 1, not 3" });
  assert.equal(model.settings.reorderMs, 0);
});
