import assert from "node:assert/strict";
import { formatDate, formatRoundTrip, formatSize, formatSpeed } from "../../src/player/page/format.ts";
import { SpeedMeter } from "../../src/player/page/speed_meter.ts";

Deno.test("sizes are decimal, with a digit more where it says something", () => {
  assert.equal(formatSize(0, "en"), "0 bytes");
  assert.equal(formatSize(1, "en"), "1 byte");
  assert.equal(formatSize(999, "en"), "999 bytes");
  assert.equal(formatSize(1500, "en"), "2 kB");
  assert.equal(formatSize(999_600, "en"), "1 MB");
  assert.equal(formatSize(1_440_000_000, "en"), "1.4 GB");
  assert.equal(formatSize(5e15, "en"), "5,000 TB");
  assert.equal(formatSize(Infinity, "en"), "");
});

Deno.test("speeds are in megabits, round trips in milliseconds, dates short", () => {
  assert.equal(formatSpeed(6_000_000, "en"), "48.0 Mbit/s");
  assert.equal(formatSpeed(125_000_000, "en"), "1,000 Mbit/s");
  assert.equal(formatRoundTrip(0.2), "< 1 ms");
  assert.equal(formatRoundTrip(12.4), "12 ms");
  assert.equal(formatDate(Date.UTC(2026, 4, 3), "en-GB", "UTC"), "3 May 2026");
  assert.equal(formatDate(0), "");
});

Deno.test("the speed is that of the last seconds", () => {
  const meter = new SpeedMeter(4_000);
  assert.equal(meter.sample(0, 0), 0);
  assert.equal(meter.sample(1_000, 1_000), 1_000);
  assert.equal(meter.sample(5_000, 2_000), 2_500);
  for (let second = 3; second <= 8; second++) meter.sample(5_000, second * 1_000);
  assert.equal(meter.sample(5_000, 9_000), 0);
});
