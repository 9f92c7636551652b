import assert from "node:assert/strict";
import { parseOptions, PARTS, UsageError } from "../../bench/options.ts";

Deno.test("without options: all parts, seven rounds, 64 MiB", () => {
  const { parts, rounds, mebibytes, senders, receivers, json, date } = parseOptions([]);
  assert.deepEqual({ parts, rounds, mebibytes }, { parts: PARTS, rounds: 7, mebibytes: 64 });
  assert.deepEqual([senders, receivers, json, date], [undefined, undefined, undefined, undefined]);
});

Deno.test("--quick is one round with 8 MiB, where nothing else is said", () => {
  const quick = parseOptions(["--quick"]);
  assert.deepEqual([quick.rounds, quick.mebibytes], [1, 8]);
  const two = parseOptions(["--quick", "--rounds=2", "--mebibytes=4"]);
  assert.deepEqual([two.rounds, two.mebibytes], [2, 4]);
});

Deno.test("lists are separated by commas", () => {
  const options = parseOptions([
    "--only=seek,throughput",
    "--senders=werift, libwebrtc",
    "--receivers=Chromium",
  ]);
  assert.deepEqual(options.parts, ["seek", "throughput"]);
  assert.deepEqual(options.senders, ["werift", "libwebrtc"]);
  assert.deepEqual(options.receivers, ["Chromium"]);
});

for (
  const wrong of [
    "--only=latency",
    "--rounds=0",
    "--rounds=2.5",
    "--rounds=many",
    "--mebibytes=5000",
    "--seed=0",
    "--seed=4294967296",
    "--date=yesterday",
    "--fast",
    "film.bin",
  ]
) {
  Deno.test(`${wrong} is refused`, () => assert.throws(() => parseOptions([wrong]), UsageError));
}
