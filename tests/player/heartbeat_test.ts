import assert from "node:assert/strict";
import { Heartbeat } from "../../src/player/client/heartbeat.ts";

const SETTINGS = { intervalMs: 30_000, answerMs: 10_000, checkMs: 3_000, lateMs: 1_500, silentMs: 2_000 };

/** What it does until `until`, ticked exactly when it asks for it: `[time, step]`. */
function run(heartbeat: Heartbeat, until: number): [number, string][] {
  const steps: [number, string][] = [];
  while (heartbeat.deadline <= until) {
    const now = heartbeat.deadline;
    const step = heartbeat.tick(now);
    if (step) steps.push([now, step]);
  }
  return steps;
}

Deno.test("an answer to each PING keeps the connection well", () => {
  const heartbeat = new Heartbeat(0, SETTINGS);
  for (const at of [30_000, 60_000, 90_000]) {
    assert.deepEqual(run(heartbeat, at + 500), [[at, "ping"]]);
    assert.equal(heartbeat.heard(at + 500), false);
  }
});

Deno.test("a PING without an answer is silence, told once, with PINGs until something is heard", () => {
  const heartbeat = new Heartbeat(0, SETTINGS);
  assert.deepEqual(run(heartbeat, 45_000), [
    [30_000, "ping"],
    [40_000, "silent"],
    [42_000, "ping"],
    [44_000, "ping"],
  ]);
  assert.equal(heartbeat.heard(45_000), true);
  assert.deepEqual(run(heartbeat, 75_000), [[75_000, "ping"]]);
});

Deno.test("whatever arrives counts as an answer", () => {
  const heartbeat = new Heartbeat(0, SETTINGS);
  heartbeat.tick(30_000);
  heartbeat.heard(30_001);
  assert.deepEqual(run(heartbeat, 59_999), []);
});

Deno.test("a check asks at once and waits shortly", () => {
  const heartbeat = new Heartbeat(0, SETTINGS);
  heartbeat.check(5_000);
  assert.deepEqual(run(heartbeat, 8_000), [[5_000, "ping"], [8_000, "silent"]]);
});

Deno.test("a deadline that was slept through asks again before it is silence", () => {
  const heartbeat = new Heartbeat(0, SETTINGS);
  assert.equal(heartbeat.tick(30_000), "ping");
  // Frozen for ten minutes, with the answer somewhere in the queue.
  assert.equal(heartbeat.tick(640_000), "ping");
  assert.equal(heartbeat.tick(642_999), undefined);
  assert.equal(heartbeat.tick(643_000), "silent");
});

Deno.test("a PING that is due since long waits shortly for its answer", () => {
  const heartbeat = new Heartbeat(0, SETTINGS);
  assert.equal(heartbeat.tick(600_000), "ping");
  assert.deepEqual(run(heartbeat, 603_000), [[603_000, "silent"]]);
});
