import assert from "node:assert/strict";
import { Clock } from "./clock.ts";
import { Link, type LinkOptions, OVERHEAD } from "./link.ts";

const SIZE = 1_200;

/** Sends `count` packets, one each `interval` ms; the times at which they arrived, by number. */
function arrivals(options: LinkOptions, count: number, interval: number): { number: number; at: number }[] {
  const clock = new Clock();
  const link = new Link(clock, options);
  const arrived: { number: number; at: number }[] = [];
  for (let number = 0; number < count; number++) {
    clock.at(number * interval, () => link.send(SIZE, (at) => arrived.push({ number, at })));
  }
  clock.runUntil(count * interval + 100_000);
  return arrived;
}

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

Deno.test("link: a packet takes the delay and the time of its bytes and their overhead", () => {
  const [packet] = arrivals({ rate: 10, delay: 30 }, 1, 1);
  near(packet!.at, 30 + (SIZE + OVERHEAD) / 1_250, 1e-9);
});

Deno.test("link: what is sent faster than the rate arrives at the rate", () => {
  const arrived = arrivals({ rate: 10, delay: 5 }, 1_000, 0.1);
  assert.equal(arrived.length, 1_000);
  const bytes = 999 * (SIZE + OVERHEAD);
  near(bytes * 8 / (arrived.at(-1)!.at - arrived[0]!.at) / 1_000, 10, 1e-6);
});

Deno.test("link: a full queue drops the newest", () => {
  const full = arrivals({ rate: 10, queue: { bytes: 10.5 * (SIZE + OVERHEAD) } }, 100, 0);
  assert.deepEqual(full.map(({ number }) => number), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const byTime = arrivals({ rate: 10, queue: { ms: 10 } }, 100, 0);
  near(byTime.at(-1)!.at, 10, 1.1);
});

Deno.test("link: a packet larger than the whole queue passes while the link is idle", () => {
  assert.equal(arrivals({ rate: 1, queue: { bytes: 100 } }, 3, 1_000).length, 3);
});

Deno.test("link: random losses have the share that was asked for, whatever the seed", () => {
  for (const seed of [1, 2, 3]) {
    const { length } = arrivals({ loss: 0.01, seed }, 50_000, 0.01);
    near(1 - length / 50_000, 0.01, 0.002);
  }
});

Deno.test("link: bursts enter and leave at each packet, so their share and length follow", () => {
  const count = 100_000;
  const arrived = arrivals({ burstLoss: { enter: 0.01, leave: 0.25 }, seed: 5 }, count, 0.01);
  // Stationary share of the bad state: enter / (enter + leave).
  near(1 - arrived.length / count, 0.01 / 0.26, 0.004);
  const lengths: number[] = [];
  for (let i = 1; i < arrived.length; i++) {
    const missing = arrived[i]!.number - arrived[i - 1]!.number - 1;
    if (missing > 0) lengths.push(missing);
  }
  near(lengths.reduce((sum, length) => sum + length, 0) / lengths.length, 4, 0.3);
});

Deno.test("link: jitter is uniform, and keeps the order unless reordering is allowed", () => {
  const kept = arrivals({ delay: 20, jitter: 3, seed: 2 }, 20_000, 0.1);
  for (let i = 1; i < kept.length; i++) {
    assert.ok(kept[i]!.at >= kept[i - 1]!.at);
    assert.equal(kept[i]!.number, i);
  }
  const free = arrivals({ delay: 20, jitter: 3, reorder: true, seed: 2 }, 20_000, 0.1);
  const delays = free.map(({ number, at }) => at - number * 0.1);
  assert.ok(Math.min(...delays) >= 20 - 1e-6 && Math.max(...delays) <= 23 + 1e-6);
  near(delays.reduce((sum, delay) => sum + delay, 0) / delays.length, 21.5, 0.05);
  assert.ok(free.some(({ number }, i) => i > 0 && number < free[i - 1]!.number));
});

Deno.test("link: sway holds for a spell, either way, and keeps the order", () => {
  const arrived = arrivals({ delay: 20, sway: { ms: 3, spell: 10 }, seed: 2 }, 20_000, 0.5);
  const delays = arrived.map(({ number, at }) => at - number * 0.5);
  assert.ok(Math.min(...delays) >= 17 - 1e-6 && Math.max(...delays) <= 23 + 1e-6);
  assert.ok(Math.min(...delays) < 17.2 && Math.max(...delays) > 22.8);
  for (let i = 1; i < arrived.length; i++) assert.equal(arrived[i]!.number, i);
  // Packets of one spell differ only where they wait behind a late one of the spell before.
  const same = delays.filter((delay, i) => i > 0 && Math.abs(delay - delays[i - 1]!) < 1e-6).length;
  near(same / delays.length, 0.85, 0.05);
});

Deno.test("link: duplicates come twice, at the share that was asked for", () => {
  near(arrivals({ duplicate: 0.05, seed: 3 }, 20_000, 0.1).length / 20_000, 1.05, 0.005);
});

Deno.test("link: one seed is one run, another seed another", () => {
  const options = { rate: 20, loss: 0.05, jitter: 5, reorder: true, duplicate: 0.05 };
  const first = arrivals({ ...options, seed: 7 }, 2_000, 0.5);
  assert.deepEqual(arrivals({ ...options, seed: 7 }, 2_000, 0.5), first);
  assert.notDeepEqual(arrivals({ ...options, seed: 8 }, 2_000, 0.5), first);
});

Deno.test("link: a changed rate holds for what is sent afterwards", () => {
  const clock = new Clock();
  const link = new Link(clock, { rate: 10 });
  const arrived: number[] = [];
  link.send(SIZE, (at) => arrived.push(at));
  clock.runUntil(10);
  link.setRate(1);
  link.send(SIZE, (at) => arrived.push(at - 10));
  clock.runUntil(100);
  near(arrived[1]! / arrived[0]!, 10, 1e-6);
});

Deno.test("link: its counts add up", () => {
  const clock = new Clock();
  const link = new Link(clock, { rate: 5, queue: { ms: 20 }, loss: 0.1, duplicate: 0.1, seed: 4 });
  for (let i = 0; i < 1_000; i++) clock.at(i, () => link.send(SIZE, () => {}));
  clock.runUntil(5_000);
  const { sent, delivered, lost, dropped, duplicated, bytes } = link.counts;
  assert.equal(sent, 1_000);
  assert.equal(delivered + lost + dropped, sent + duplicated);
  assert.equal(bytes, delivered * (SIZE + OVERHEAD));
  assert.ok(lost > 0 && dropped > 0 && duplicated > 0);
});
