import assert from "node:assert/strict";
import { seeded } from "../../../support/seeded.ts";
import { Clock } from "./clock.ts";

Deno.test("clock: events run in the order of their time, equal ones in the order they were asked for", () => {
  const clock = new Clock();
  const random = seeded(1);
  const asked = Array.from({ length: 500 }, (_, i) => ({ time: Math.floor(random() * 50), i }));
  const ran: { time: number; i: number }[] = [];
  for (const event of asked) {
    clock.at(event.time, (now) => {
      assert.equal(now, event.time);
      ran.push(event);
    });
  }
  clock.runUntil(100);
  assert.deepEqual(ran, [...asked].sort((a, b) => a.time - b.time || a.i - b.i));
  assert.equal(clock.now, 100);
});

Deno.test("clock: it stops where it is told, and goes on from there", () => {
  const clock = new Clock();
  const ran: number[] = [];
  for (const time of [5, 15, 25]) clock.at(time, (now) => ran.push(now));
  clock.runUntil(15);
  assert.deepEqual(ran, [5, 15]);
  assert.equal(clock.pending, 1);
  clock.runUntil(30);
  assert.deepEqual(ran, [5, 15, 25]);
});

Deno.test("clock: an event for the past runs now, and one without a time is refused", () => {
  const clock = new Clock();
  clock.runUntil(10);
  const ran: number[] = [];
  clock.at(3, (now) => ran.push(now));
  clock.at(10, (now) => clock.at(now, (later) => ran.push(later)));
  clock.runUntil(10);
  assert.deepEqual(ran, [10, 10]);
  assert.throws(() => clock.at(NaN, () => {}), RangeError);
});
