import assert from "node:assert/strict";
import { MessageMemory } from "../../src/player/client/message_memory.ts";

const MESSAGE = 16_384;
const MEBIBYTES = 1 << 20;

Deno.test("message memory: a hint for each 8 MiB, and none sooner than a second after the last", () => {
  let now = 0;
  const memory = new MessageMemory(() => now);
  const until = () => {
    let bytes = MESSAGE;
    while (!memory.received(MESSAGE)) bytes += MESSAGE;
    return bytes;
  };
  assert.equal(until(), 8 * MEBIBYTES);
  now += 5_000;
  assert.equal(until(), 8 * MEBIBYTES);
  now += 400;
  for (let bytes = 0; bytes < 40 * MEBIBYTES; bytes += MESSAGE) assert.equal(memory.received(MESSAGE), false);
  now += 600;
  assert.equal(until(), MESSAGE);
  now += 1_000;
  assert.equal(until(), 8 * MEBIBYTES);
});
