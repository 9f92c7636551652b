import assert from "node:assert/strict";
import { isPassingStatus, MirrorPool } from "../../src/signal/mirrors.ts";

const MINUTE = 60_000;
const pool = (...mirrors: string[]) => new MirrorPool("a", mirrors, 10 * MINUTE);

Deno.test("mirrors: one relay alone stays, whatever fails", () => {
  const one = pool("a", "a");
  one.failed("a", 0);
  assert.deepEqual([one.current, one.isProbeDue(60 * MINUTE)], ["a", false]);
});

Deno.test("mirrors: a failure leads to the next, the last to the first", () => {
  const three = pool("b", "c", "b");
  const seen = [];
  for (let i = 0; i < 4; i++) {
    seen.push(three.current);
    three.failed(three.current, i);
  }
  assert.deepEqual(seen, ["a", "b", "c", "a"]);
});

Deno.test("mirrors: two failures of the same one lead on by one", () => {
  const three = pool("b", "c");
  three.failed("a", 0);
  three.failed("a", 1);
  assert.equal(three.current, "b");
});

Deno.test("defect 45: ten minutes after it was left the first is probed, and returned to when it is well", () => {
  const three = pool("b", "c");
  const moves: string[] = [];
  three.onmove = () => moves.push(three.current);
  three.failed("a", MINUTE);
  three.failed("b", 9 * MINUTE);
  assert.equal(three.isProbeDue(11 * MINUTE - 1), false);
  assert.equal(three.isProbeDue(11 * MINUTE), true, "counted from when the first was left");
  three.probed(false, 11 * MINUTE);
  assert.deepEqual([three.current, three.isProbeDue(21 * MINUTE - 1)], ["c", false]);
  assert.equal(three.isProbeDue(21 * MINUTE), true);
  three.probed(true, 21 * MINUTE);
  assert.deepEqual([three.current, three.isProbeDue(60 * MINUTE)], ["a", false]);
  three.probed(true, 61 * MINUTE);
  assert.deepEqual(moves, ["b", "c", "a"], "told of each move, and of nothing else");
});

Deno.test("mirrors: which answers pass", () => {
  const passing = [200, 400, 401, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504].filter(isPassingStatus);
  assert.deepEqual(passing, [408, 502, 503, 504]);
});
