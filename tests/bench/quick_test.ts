import assert from "node:assert/strict";
import type { Report } from "../../bench/report.ts";
import { TempDir } from "../support/temp_dir.ts";
import { runBench } from "./run_bench.ts";
import { elements } from "./xml.ts";

const bench = (...args: string[]) => runBench("bench/throughput.ts", args, 120_000);

Deno.test("the bench runs every sender to libdatachannel and writes what it measured", async () => {
  await using dir = await TempDir.make();
  const json = `${dir.path}/report.json`;
  const { code, out, err } = await bench(
    ...["--quick", "--mebibytes=4", "--only=throughput,seek", "--receivers=libdatachannel"],
    ...["--date=2026-01-31", `--json=${json}`],
  );
  assert.equal(code, 0, err);
  const report: Report = JSON.parse(await Deno.readTextFile(json));
  assert.equal(report.date, "2026-01-31");
  assert.equal(report.bytes, 4 << 20);
  assert.deepEqual(report.omitted, {});
  const senders = ["unarr-stream", "werift", "libdatachannel", "libwebrtc"];
  assert.deepEqual(report.throughput!.map(({ sender }) => sender), senders);
  for (const { sender, receiver, samples } of report.throughput!) {
    assert.equal(receiver, "libdatachannel");
    assert.equal(samples.length, 1);
    assert.ok(samples[0]!.milliseconds > 0);
    if (Deno.build.os === "linux") {
      const { cpuSeconds, peakBytes, restingBytes } = samples[0]!;
      assert.ok(cpuSeconds! > 0, `${sender} took ${cpuSeconds} s of processor time`);
      assert.ok(peakBytes! >= restingBytes! && restingBytes! > 1e6, `${sender} held ${restingBytes} bytes`);
    }
    assert.match(out, new RegExp(`^\\| ${sender} \\| \\d+ \\(`, "m"));
  }
  assert.equal(report.seek!.length, 1);
  assert.equal(report.seek![0]!.rounds[0]!.length, 20);
  assert.ok(report.seek![0]!.rounds[0]!.every((milliseconds) => milliseconds > 0));
  assert.equal(report.sessions, undefined);
  const chart = elements(await Deno.readTextFile(`${dir.path}/report.svg`));
  assert.equal(chart.filter(({ name }) => name === "rect").length, senders.length);
});

Deno.test("the bench says what is wrong with its command line, and ends with 2", async () => {
  const { code, err } = await bench("--receivers=netscape");
  assert.equal(code, 2);
  assert.match(err, /there is no netscape, but libdatachannel, libwebrtc, Chromium/);
  const nothing = await bench("--only=seek", "--receivers=libwebrtc");
  assert.equal(nothing.code, 2);
  assert.match(nothing.err, /in none of the parts to be measured/);
});
