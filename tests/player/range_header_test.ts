import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRange } from "../../src/player/media/range_header.ts";

const whole = { kind: "whole" } as const;
const unsatisfiable = { kind: "unsatisfiable" } as const;
const part = (start: number, end: number) => ({ kind: "part", start, end }) as const;

const CASES = [
  [null, 100, whole],
  ["bytes=0-", 100, part(0, 100)],
  ["bytes=0-0", 100, part(0, 1)],
  ["bytes=10-19", 100, part(10, 20)],
  ["bytes=90-200", 100, part(90, 100)],
  ["bytes=99-", 100, part(99, 100)],
  ["bytes=100-", 100, unsatisfiable],
  ["bytes=-10", 100, part(90, 100)],
  ["bytes=-200", 100, part(0, 100)],
  ["bytes=-0", 100, unsatisfiable],
  ["bytes=0-", 0, unsatisfiable],
  ["bytes=-5", 0, unsatisfiable],
  ["BYTES = 1-2", 100, part(1, 3)],
  ["bytes=20-10", 100, whole],
  ["bytes=-", 100, whole],
  ["bytes=a-b", 100, whole],
  ["bytes=0-1,5-6", 100, whole],
  ["items=0-1", 100, whole],
  ["bytes=4294967296-", 2 ** 40, part(4294967296, 2 ** 40)],
  ["bytes=99999999999999999999-", 100, unsatisfiable],
  ["bytes=0-", Infinity, whole],
  ["bytes=5-", Infinity, unsatisfiable],
] as const;

for (const [header, size, expected] of CASES) {
  Deno.test(`Range "${header}" of ${size} bytes`, () => {
    assert.deepEqual(parseRange(header, size), expected);
  });
}

Deno.test("a part is never empty and never outside the file, whatever the header", () => {
  fc.assert(fc.property(
    fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,20}-\d{0,20}$/)),
    fc.nat(),
    (header, size) => {
      const range = parseRange(header, size);
      if (range.kind !== "part") return;
      assert.ok(0 <= range.start && range.start < range.end && range.end <= size);
    },
  ));
});
