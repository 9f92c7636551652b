/** Sliding windows in memory hold a bounded number of keys and events, and survive a clock that is set. */
import assert from "node:assert/strict";
import { EventWindows } from "../../../src/relay/limits/event_windows.ts";

Deno.test("windows: the wait is exact, to the millisecond", () => {
  const windows = new EventWindows();
  assert.deepEqual([0, 100, 200].map((now) => windows.count("a", 3, 1_000, now)), [0, 0, 0]);
  assert.equal(windows.count("a", 3, 1_000, 300), 700);
  assert.equal(windows.count("a", 3, 1_000, 999), 1);
  assert.equal(windows.count("a", 3, 1_000, 1_000), 0);
  assert.equal(windows.count("a", 3, 1_000, 1_000), 100);
});

Deno.test("windows: a smaller limit than before counts what there is", () => {
  const windows = new EventWindows();
  for (let now = 0; now < 5; now++) windows.count("a", 5, 1_000, now);
  assert.equal(windows.count("a", 2, 1_000, 10), 3 + 1_000 - 10);
});

Deno.test("windows: at the bound of keys the one that was silent for longest starts afresh", () => {
  const windows = new EventWindows(2);
  for (const key of ["a", "b", "a", "c"]) windows.count(key, 2, 1_000, 0);
  assert.equal(windows.size, 2);
  assert.ok(windows.count("a", 2, 1_000, 0) > 0);
  assert.equal(windows.count("b", 1, 1_000, 0), 0);
});

Deno.test("windows: all keys together hold a bounded number of events", () => {
  const windows = new EventWindows(100, 10);
  for (const key of ["a", "b", "c"]) {
    for (let n = 0; n < 5; n++) assert.equal(windows.count(key, 5, 1_000, 0), 0);
  }
  assert.equal(windows.size, 2);
  assert.ok(windows.count("c", 5, 1_000, 0) > 0);
});

Deno.test("windows: a sweep forgets keys that are over", () => {
  const windows = new EventWindows();
  windows.count("short", 1, 1_000, 0);
  windows.count("long", 1, 5_000, 0);
  windows.sweep(1_000);
  assert.equal(windows.size, 1);
  assert.ok(windows.count("long", 1, 5_000, 1_000) > 0);
});

Deno.test("windows: a clock that is set back an hour costs one window, not an hour", () => {
  const windows = new EventWindows();
  const hour = 3_600_000;
  assert.equal(windows.count("a", 1, 1_000, hour), 0);
  assert.equal(windows.count("a", 1, 1_000, 0), 1_000);
  assert.equal(windows.count("a", 1, 1_000, 1_000), 0);
});
