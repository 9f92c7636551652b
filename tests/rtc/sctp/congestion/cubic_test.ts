import assert from "node:assert/strict";
import { CUBIC_SCALE, CubicCurve } from "../../../../src/rtc/sctp/congestion/cubic_curve.ts";
import { HyStart } from "../../../../src/rtc/sctp/congestion/hystart.ts";
import { CONTROLLERS } from "../../../../src/rtc/sctp/congestion/mod.ts";
import { Driver, PACKET } from "./samples.ts";

/** Grows a curve for `seconds` at a round-trip time of 100 ms; the window after each second. */
function grow(curve: CubicCurve, window: number, seconds: number): number[] {
  const after: number[] = [];
  for (let second = 0; second < seconds; second++) {
    for (let round = 0; round < 10; round++) {
      const acked = window;
      for (let ack = 0; ack < 10; ack++) {
        const now = second * 1_000 + round * 100 + ack * 10;
        window = curve.grow(window, acked / 10, 100, now);
      }
    }
    after.push(window);
  }
  return after;
}

Deno.test("cubic: the window is back at the last maximum after K seconds (RFC 9438, 4.2)", () => {
  const curve = new CubicCurve(PACKET);
  const maximum = 1_000 * PACKET;
  const reduced = curve.reduce(maximum);
  assert.equal(reduced, 0.7 * maximum);
  const k = Math.cbrt(maximum * 0.3 / PACKET / CUBIC_SCALE);
  const seconds = grow(curve, reduced, 14);
  assert.ok(Math.abs(seconds[Math.round(k) - 1]! / maximum - 1) < 0.02);
  // Fast far from the maximum, flat at it, fast again beyond.
  const steps = seconds.map((window, i) => window - (seconds[i - 1] ?? reduced));
  assert.ok(steps[0]! > 4 * steps[8]! && steps[13]! > 4 * steps[8]!);
});

Deno.test("cubic: two reductions at a falling maximum leave room for a newcomer (RFC 9438, 4.7)", () => {
  const curve = new CubicCurve(PACKET);
  let window = curve.reduce(1_000 * PACKET);
  window = curve.reduce(window);
  assert.ok(grow(curve, window, 8).at(-1)! < 0.7 * 1_000 * PACKET);
});

Deno.test("cubic: a small window grows at least as Reno's would (RFC 9438, 4.3)", () => {
  const curve = new CubicCurve(PACKET);
  const reduced = curve.reduce(10 * PACKET);
  // 0.53 packets a round, a hundred of them; past the old maximum one packet a round.
  assert.ok(grow(curve, reduced, 10).at(-1)! > 60 * PACKET);
});

Deno.test("cubic: time without need of the window does not count (RFC 9438, 5.8)", () => {
  const curve = new CubicCurve(PACKET);
  let window = curve.reduce(1_000 * PACKET);
  window = curve.grow(window, 2 * PACKET, 100, 0);
  curve.idle(100);
  const after = curve.grow(window, 2 * PACKET, 100, 60_100);
  assert.ok(after - window < 2 * PACKET, `${after - window} bytes at once`);
});

Deno.test("cubic: after a timeout nothing is paced by the round-trip time of a queue that is gone", () => {
  const driver = new Driver(CONTROLLERS.cubic);
  driver.round({ rtt: 1_000, smoothedRtt: 1_000 });
  assert.ok(driver.controller.pacingRate !== undefined);
  driver.controller.onTimeout(driver.now);
  driver.ack(PACKET, { rtt: undefined, smoothedRtt: 1_000 });
  assert.equal(driver.controller.pacingRate, undefined);
});

/** Feeds rounds of twenty samples with these round-trip times; what came of it, round by round. */
function hystart(rtts: number[]): string[] {
  const hystart = new HyStart();
  const states: string[] = [];
  let delivered = 0;
  for (const rtt of rtts) {
    let done = false;
    const priorDelivered = delivered;
    for (let i = 0; i < 20; i++) {
      delivered += PACKET;
      done ||= hystart.onAck({ rtt, delivered, priorDelivered } as never);
    }
    states.push(done ? "done" : hystart.conservative ? "conservative" : "slow start");
    if (done) break;
  }
  return states;
}

Deno.test("hystart++: a lasting rise of the round-trip time ends slow start after five rounds (RFC 9406)", () => {
  assert.deepEqual(hystart([50, 50, 58, 60, 60, 60, 60, 60, 60, 60]), [
    "slow start",
    "slow start",
    ...Array(5).fill("conservative"),
    "done",
  ]);
});

Deno.test("hystart++: a rise that was jitter is taken back, and a small one is none", () => {
  assert.equal(hystart([50, 50, 58, 50, 50, 50, 50, 50, 50, 50, 50]).at(-1), "slow start");
  assert.deepEqual(new Set(hystart([50, 52, 54, 52, 53])), new Set(["slow start"]));
});
