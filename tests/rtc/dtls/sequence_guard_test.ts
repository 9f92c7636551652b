import assert from "node:assert/strict";
import { SequenceGuard } from "../../../src/rtc/dtls/sequence_guard.ts";

function record(type: number, epoch: number, sequence: number): Uint8Array {
  const bytes = new Uint8Array(40);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type);
  view.setUint16(3, epoch);
  view.setUint16(5, Math.floor(sequence / 2 ** 32));
  view.setUint32(7, sequence % 2 ** 32);
  return bytes;
}

Deno.test("sequence guard: no number is used twice under the keys", () => {
  const guard = new SequenceGuard();
  assert.ok(guard.allows(record(22, 0, 5)));
  assert.ok(guard.allows(record(22, 0, 5)), "plaintext has no nonce");
  assert.ok(guard.allows(record(22, 1, 6)));
  assert.equal(guard.finished, 6);
  assert.ok(guard.allows(record(22, 1, 6)), "Finished is repeated as it was");
  assert.ok(guard.allows(record(22, 1, 7)), "or under a new number");
  assert.equal(guard.finished, 7);
  assert.ok(!guard.allows(record(22, 1, 6)));
  assert.ok(!guard.allows(record(23, 1, 1)));
  assert.ok(!guard.allows(record(23, 1, 6)));
  assert.ok(!guard.allows(record(23, 1, 7)));
  assert.ok(guard.allows(record(23, 1, 8)));
  assert.ok(!guard.allows(record(23, 1, 8)));
  assert.ok(!guard.allows(record(22, 1, 9)), "no second handshake");
  assert.ok(guard.allows(record(23, 1, 2 ** 40)));
  assert.ok(!guard.allows(record(23, 1, 2 ** 40 - 1)));
});
