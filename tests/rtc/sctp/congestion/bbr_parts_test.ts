import assert from "node:assert/strict";
import { Contention } from "../../../../src/rtc/sctp/congestion/bbr_contention.ts";
import { FullPipe } from "../../../../src/rtc/sctp/congestion/bbr_full_pipe.ts";
import { LossMeter } from "../../../../src/rtc/sctp/congestion/bbr_loss_meter.ts";
import { MinRtt } from "../../../../src/rtc/sctp/congestion/bbr_min_rtt.ts";
import { RoundCounter } from "../../../../src/rtc/sctp/congestion/rounds.ts";
import { PACKET } from "./samples.ts";

Deno.test("bbr: the pipe is full after three rounds that do not grow by a quarter", () => {
  const pipe = new FullPipe();
  for (const rate of [100, 200, 400]) pipe.onAck(rate, true);
  for (const rate of [480, 490]) {
    pipe.onAck(rate, true);
    assert.equal(pipe.now, false);
  }
  pipe.onAck(495, false);
  assert.equal(pipe.now, false);
  pipe.onAck(495, true);
  assert.ok(pipe.now && pipe.reached);
  pipe.restart(495);
  assert.deepEqual([pipe.now, pipe.reached], [false, true]);
});

Deno.test("bbr: losses in rounds without a queue become noise, and more than noise is not", () => {
  const meter = new LossMeter();
  assert.equal(meter.excessive(0.01), false);
  assert.equal(meter.excessive(0.03), true);
  assert.equal(meter.excessiveQueued(0.01), true);
  const learn = (lost: number) => {
    meter.lost = lost * PACKET;
    meter.delivered = (100 - lost) * PACKET;
    meter.learn();
    meter.restart();
  };
  // The first round counts for what it is.
  learn(4);
  assert.ok(Math.abs(meter.noise - 0.04) < 0.001);
  for (let round = 0; round < 200; round++) learn(round % 2 === 0 ? 2 : 6);
  assert.ok(Math.abs(meter.noise - 0.04) < 0.003);
  // Rounds differ by two of a hundred, so three times that beyond the mean is noise.
  assert.equal(meter.excessiveQueued(0.09), false);
  assert.equal(meter.excessiveQueued(0.12), true);
  assert.equal(meter.excessive(0.11), false);
  assert.equal(meter.excessive(0.14), true);
});

Deno.test("bbr: steady losses are noise without a margin, and anything beyond them is congestion", () => {
  const meter = new LossMeter();
  for (let round = 0; round < 200; round++) {
    meter.lost = 4 * PACKET;
    meter.delivered = 96 * PACKET;
    meter.learn();
    meter.restart();
  }
  assert.equal(meter.excessiveQueued(0.045), true);
  assert.equal(meter.excessive(0.055), false);
});

Deno.test("bbr: the least round-trip time is measured again after ten seconds, unless it was seen again", () => {
  const seen = new MinRtt();
  for (let now = 0; now < 60_000; now += 100) {
    seen.onAck(now % 5_000 === 0 ? 41 : 60, now);
    assert.equal(seen.probeDue, false);
  }
  assert.equal(seen.value, 41);
  const hidden = new MinRtt();
  hidden.onAck(40, 0);
  hidden.onAck(60, 9_000);
  assert.deepEqual([hidden.probeDue, hidden.value], [false, 40]);
  hidden.onAck(60, 10_001);
  assert.equal(hidden.probeDue, true);
  hidden.onAck(44, 10_200);
  assert.equal(hidden.value, 44);
});

Deno.test("bbr: a queue is told by the least time of minutes, so that another's is not the path", () => {
  const minRtt = new MinRtt();
  minRtt.onAck(40, 0);
  for (let now = 0; now < 60_000; now += 100) minRtt.onAck(100, now);
  assert.equal(minRtt.value, 100);
  assert.equal(minRtt.queued(100), true);
  assert.equal(minRtt.queued(42), false);
  assert.equal(minRtt.queued(Infinity), false);
  for (let now = 60_000; now < 200_000; now += 100) minRtt.onAck(100, now);
  assert.equal(minRtt.queued(100), false);
});

Deno.test("bbr: beside others the window is reduced once and grows back, until nobody contends", () => {
  const contention = new Contention(PACKET);
  assert.deepEqual([contention.active, contention.window], [false, Infinity]);
  contention.onLosses(100 * PACKET, 4 * PACKET, 0);
  assert.ok(Math.abs(contention.window - 70 * PACKET) < 1);
  const sample = { acked: 10 * PACKET, smoothedRtt: 50, windowLimited: true } as never;
  for (let now = 0; now < 5_000; now += 10) contention.onAck(sample, now);
  assert.ok(contention.window > 90 * PACKET && contention.window < 200 * PACKET, `${contention.window}`);
  contention.onLosses(5 * PACKET, 4 * PACKET, 5_000);
  assert.equal(contention.window, 4 * PACKET);
  for (const queued of [false, false, false, true, false, false, false]) contention.onRound(queued, 0.01);
  assert.ok(contention.active, "the queue stood in between");
  for (let round = 0; round < 100; round++) contention.onRound(false, 0);
  assert.ok(contention.active, "on a path without losses of its own the others are waited for");
  for (let round = 0; round < 4; round++) contention.onRound(false, 0.01);
  assert.equal(contention.active, false);
  contention.onLosses(100 * PACKET, 4 * PACKET, 6_000);
  contention.end();
  assert.equal(contention.active, false);
});

Deno.test("rounds: one ends with the first acknowledgement of what was sent after it began", () => {
  const rounds = new RoundCounter();
  const started = (priorDelivered: number, delivered: number) => rounds.onAck({ priorDelivered, delivered });
  assert.equal(started(0, 10), true);
  assert.equal(started(0, 20), false);
  assert.equal(started(5, 30), false);
  assert.equal(started(10, 40), true);
  rounds.restart(60);
  assert.equal(started(40, 70), false);
  assert.equal(started(60, 80), true);
  assert.equal(rounds.count, 3);
});
