import assert from "node:assert/strict";
import { tables } from "../../bench/tables.ts";
import { REPORT } from "./reports.ts";

/** The rows below a heading, cells without the spaces around them. */
function rowsBelow(text: string, heading: RegExp): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("## ") && heading.test(line)) + 4;
  assert.ok(start > 3, `no heading like ${heading}`);
  const rows: string[][] = [];
  for (let i = start; lines[i]?.startsWith("|"); i++) {
    rows.push(lines[i]!.slice(1, -1).split("|").map((cell) => cell.trim()));
  }
  return rows;
}

const text = tables(REPORT);

Deno.test("throughput: median and spread in Mbit/s, for each sender and receiver", () => {
  const cells = ["320 (200 to 400)", "320 (200 to 400)"];
  const slower = ["160 (100 to 200)", "160 (100 to 200)"];
  assert.deepEqual(rowsBelow(text, /^## Mbit/), [["unarr-stream", ...cells], ["libdatachannel", ...slower]]);
});

Deno.test("ratios: those within each round, which a slow round leaves as they are", () => {
  const ratio = "2.00 (2.00 to 2.00)";
  assert.deepEqual(rowsBelow(text, /within a round/), [["libdatachannel", ratio, ratio]]);
});

Deno.test("processor time: seconds for 10⁹ bytes; a dash where it is not known", () => {
  const known = "500.0 (500.0 to 500.0)";
  assert.deepEqual(rowsBelow(text, /Processor time/), [
    ["unarr-stream", known, known],
    ["libdatachannel", "–", "–"],
  ]);
});

Deno.test("peak memory: MB of 10⁶ bytes", () => {
  assert.equal(rowsBelow(text, /Peak memory/)[0]![1], "100 (100 to 100)");
});

Deno.test("sessions: the sum over all of them", () => {
  const [one, four] = rowsBelow(text, /Sessions at once/);
  assert.deepEqual(one!.slice(0, 4), [
    "1",
    "200 (200 to 200)",
    "400 (400 to 400)",
    "0.50 (0.50 to 0.50)",
  ]);
  assert.deepEqual(four!.slice(0, 4), [
    "4",
    "800 (800 to 800)",
    "1600 (1600 to 1600)",
    "0.50 (0.50 to 0.50)",
  ]);
  assert.equal(four![4], "125.0 (125.0 to 125.0)", "processor time for the bytes of all sessions");
});

Deno.test("seeks: percentiles of each round, and their median and spread", () => {
  const [row] = rowsBelow(text, /Seek/);
  assert.deepEqual(row, ["unarr-stream to libdatachannel", "2.0 (1.0 to 4.0)", "8.0 (4.0 to 50.0)"]);
});

Deno.test("what was left out and what was tried again is said", () => {
  assert.match(text, /^left out: Chromium \(it is not installed\)$/m);
  assert.match(text, /^tried again to connect: werift to libwebrtc \(2 times\)$/m);
});

Deno.test("a part that was not measured has no table", () => {
  const { throughput: _, seek: __, ...rest } = REPORT;
  const fewer = tables(rest);
  assert.doesNotMatch(fewer, /Mbit\/s$|Seek/m);
  assert.match(fewer, /Sessions at once/);
});
