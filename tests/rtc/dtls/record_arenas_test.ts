import assert from "node:assert/strict";
import { RecordArenas } from "../../../src/rtc/dtls/record_arenas.ts";

Deno.test("record arenas: one is used again once it is released, and never before", () => {
  const arenas = new RecordArenas(100);
  const first = arenas.take(100);
  const second = arenas.take(10);
  assert.notEqual(first, second);
  arenas.release(first);
  assert.equal(arenas.take(80), first);
  assert.notEqual(arenas.take(80), first);
});

Deno.test("record arenas: what is larger than usual is not kept, and few are", () => {
  const arenas = new RecordArenas(64);
  const large = arenas.take(200);
  assert.equal(large.byteLength, 200);
  arenas.release(large);
  assert.equal(arenas.take(64).byteLength, 64);
  const many = Array.from({ length: 20 }, () => arenas.take(64));
  for (const arena of many) arenas.release(arena);
  const again = Array.from({ length: 20 }, () => arenas.take(64));
  assert.equal(again.filter((arena) => many.includes(arena)).length, 4);
});
