import assert from "node:assert/strict";
import { chart } from "../../bench/chart.ts";
import { rates } from "../../bench/report.ts";
import { median } from "../../bench/statistics.ts";
import { REPORT } from "./reports.ts";
import { elements } from "./xml.ts";

const svg = chart(REPORT);
const all = elements(svg);
const texts = all.filter(({ name }) => name === "text").map(({ text }) => text);

Deno.test("the chart is well-formed XML, in SVG's namespace", () => {
  assert.equal(all[0]!.name, "svg");
  assert.equal(all[0]!.attributes.xmlns, "http://www.w3.org/2000/svg");
});

Deno.test("what the chart's XML is checked with finds what is not well-formed", () => {
  for (
    const wrong of ["<a><b></a></b>", "<a>", "<a/><b/>", "<a x=1/>", "<a>&nbsp;</a>", "<a>1 & 2</a>", "a"]
  ) {
    assert.throws(() => elements(wrong), wrong);
  }
});

Deno.test("a bar for every sender and receiver, as long as its median", () => {
  const bars = all.filter(({ name }) => name === "rect").map(({ attributes }) => Number(attributes.width));
  const medians = REPORT.throughput!.map(({ samples }) => median(rates(samples, REPORT.bytes)));
  assert.equal(bars.length, medians.length);
  for (const [i, width] of bars.entries()) {
    assert.ok(Math.abs(width / bars[0]! - medians[i]! / medians[0]!) < 0.01, `bar ${i} is ${width} long`);
  }
  for (const { sender, receiver } of REPORT.throughput!) {
    assert.ok(texts.includes(sender));
    assert.ok(texts.includes(`to ${receiver}`));
  }
  assert.equal(texts.filter((text) => text === "320").length, 2, "the program's medians are written");
  assert.equal(texts.filter((text) => text === "160").length, 2);
});

Deno.test("a line from the least to the most of each bar", () => {
  const [bar] = all.filter(({ name }) => name === "rect");
  const [line] = all.filter(({ name }) => name === "path");
  const [, from, to] = /^M([\d.]+) [\d.]+H([\d.]+)$/.exec(line!.attributes.d!)!;
  const scale = Number(bar!.attributes.width) / 320;
  const x = Number(bar!.attributes.x);
  assert.ok(Math.abs(Number(from) - x - 200 * scale) < 0.2);
  assert.ok(Math.abs(Number(to) - x - 400 * scale) < 0.2);
});

Deno.test("the program's bars stand out", () => {
  const kinds = all.filter(({ name }) => name === "rect").map(({ attributes }) => attributes.class);
  assert.deepEqual(kinds, ["first", "bar", "first", "bar"]);
});

Deno.test("everything is inside of the image, which is 720 wide", () => {
  const { width, height } = all[0]!.attributes;
  assert.equal(width, "720");
  for (const { attributes: { x, y, width: length = "0" } } of all.slice(1)) {
    assert.ok(Number(x ?? 0) + Number(length) <= 720);
    assert.ok(Number(y ?? 0) < Number(height));
  }
});

Deno.test("the chart is for light and dark pages, small, and says where and when", () => {
  assert.match(svg, /@media \(prefers-color-scheme:dark\)/);
  assert.ok(new TextEncoder().encode(svg).byteLength < 10_000);
  assert.ok(texts.some((text) => text.includes('A & B "Fast" <64>') && text.includes("2026-01-31")));
});

Deno.test("the same report gives the same chart", () => assert.equal(chart(structuredClone(REPORT)), svg));

Deno.test("without throughput there is nothing to draw", () => {
  const { throughput: _, ...rest } = REPORT;
  assert.throws(() => chart(rest), RangeError);
  assert.throws(() => chart({ ...rest, throughput: [] }), RangeError);
});
