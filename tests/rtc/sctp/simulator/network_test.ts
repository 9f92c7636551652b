import assert from "node:assert/strict";
import { Clock } from "./clock.ts";
import { CrossTraffic, Sink } from "./cross_traffic.ts";
import type { Endpoint } from "./endpoint.ts";
import { OVERHEAD } from "./link.ts";
import { join } from "./network.ts";
import { makePath } from "./path.ts";

/** Sends one packet at each of the times, and notes when it was asked and what came. */
class Timed implements Endpoint {
  readonly ticks: number[] = [];
  readonly received: { first: number; at: number }[] = [];
  readonly #times: number[];
  readonly #buffer = new Uint8Array(100);
  #sent = 0;

  constructor(times: number[]) {
    this.#times = [...times];
  }

  get nextTimeout(): number | undefined {
    return this.#times[0];
  }

  tick(now: number): void {
    this.ticks.push(now);
  }

  poll(now: number): Uint8Array | undefined {
    if (this.#times.length === 0 || this.#times[0]! > now) return undefined;
    this.#times.shift();
    this.#buffer[0] = ++this.#sent;
    return this.#buffer;
  }

  receive(packet: Uint8Array, now: number): void {
    this.received.push({ first: packet[0]!, at: now });
  }
}

Deno.test("network: packets cross both ways, each link with its own delay", () => {
  const clock = new Clock();
  const path = makePath(clock, { up: { delay: 10 }, down: { delay: 25 } });
  const a = new Timed([1, 2]);
  const b = new Timed([5]);
  join(clock, path, a, b);
  clock.runUntil(100);
  assert.deepEqual(b.received.map(({ at }) => at), [11, 12]);
  assert.deepEqual(a.received.map(({ at }) => at), [30]);
});

Deno.test("network: a packet is copied, for its sender uses the buffer again", () => {
  const clock = new Clock();
  const b = new Timed([]);
  join(clock, makePath(clock, { up: { delay: 10 } }), new Timed([1, 1, 1]), b);
  clock.runUntil(100);
  assert.deepEqual(b.received.map(({ first }) => first), [1, 2, 3]);
});

Deno.test("network: timers fire when due, or at the next multiple of their granularity", () => {
  const run = (timerGranularity: number) => {
    const clock = new Clock();
    const a = new Timed([0.25, 1.5, 1.75, 3]);
    join(clock, makePath(clock, { up: {} }), a, new Timed([]), { timerGranularity });
    clock.runUntil(10);
    return a.ticks;
  };
  assert.deepEqual(run(0), [0.25, 1.5, 1.75, 3]);
  assert.deepEqual(run(1), [1, 2, 3]);
});

Deno.test("network: an end whose timeout stays in the past does not stop the clock", () => {
  const clock = new Clock();
  const stuck: Endpoint = { nextTimeout: 0, tick() {}, poll: () => undefined, receive() {} };
  join(clock, makePath(clock, { up: {} }), stuck, new Timed([]));
  clock.runUntil(1);
  assert.equal(clock.now, 1);
});

Deno.test("network: flows on one path share its rate", () => {
  const clock = new Clock();
  const path = makePath(clock, { up: { rate: 10, queue: { ms: 20 } } });
  const sinks = [new Sink(), new Sink()];
  for (const sink of sinks) join(clock, path, new CrossTraffic({ rate: 10 }), sink);
  clock.runUntil(10_000);
  const carried = sinks[0]!.bytes + sinks[1]!.bytes;
  const expected = 10 * 125 * 10_000 * 1_200 / (1_200 + OVERHEAD);
  assert.ok(Math.abs(carried / expected - 1) < 0.01, `${carried} of ${expected} bytes`);
});

Deno.test("network: cross traffic has its rate, and its silences", () => {
  const run = (options: { on?: number; off?: number }) => {
    const clock = new Clock();
    const sink = new Sink();
    join(clock, makePath(clock, { up: {} }), new CrossTraffic({ rate: 2, ...options }), sink);
    clock.runUntil(10_000);
    return sink.bytes * 8 / 10 / 1e6;
  };
  assert.ok(Math.abs(run({}) - 2) < 0.01);
  assert.ok(Math.abs(run({ on: 300, off: 700 }) - 0.6) < 0.02);
});
