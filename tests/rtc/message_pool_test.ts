import assert from "node:assert/strict";
import { MessagePool } from "../../src/rtc/message_pool.ts";

Deno.test("message pool: memory comes back once, and only its own", () => {
  const pool = new MessagePool();
  const message = pool.allocate(100);
  assert.equal(message.byteLength, 100);
  pool.release(message);
  pool.release(message);
  pool.release(new Uint8Array(100));
  assert.equal(pool.allocate(100), message);
  assert.notEqual(pool.allocate(100), message);
});

Deno.test("message pool: it keeps the largest size, and so many of it", () => {
  const pool = new MessagePool();
  const small = pool.allocate(10);
  const large = Array.from({ length: 1_000 }, () => pool.allocate(20));
  for (const message of [small, ...large]) pool.release(message);
  const known = new Set([small, ...large]);
  const again = Array.from({ length: 1_000 }, () => pool.allocate(20)).filter((message) =>
    known.has(message)
  );
  assert.equal(again.length, 256);
  assert.ok(!known.has(pool.allocate(10)));
});
