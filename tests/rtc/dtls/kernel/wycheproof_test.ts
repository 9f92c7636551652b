/**
 * Wycheproof's vectors for AES-128-GCM. Their additional data is not that of a record, so they are taken
 * apart: a record's ciphertext depends on key, nonce and message only, and the tag on GHASH.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createCipheriv } from "node:crypto";
import { KERNEL_WASM } from "../../../../src/rtc/dtls/kernel/kernel_wasm.ts";
import { kernelBackend } from "../../../../src/rtc/dtls/record/kernel_backend.ts";
import { RECORD_OVERHEAD, TEXT_OFFSET } from "../../../../src/rtc/dtls/record/layout.ts";
import { nodeBackend } from "../../../../src/rtc/dtls/record/node_backend.ts";
import vectors from "./aes-128-gcm.json" with { type: "json" };

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const tests = vectors.tests.map((test) => ({
  id: `tcId ${test.tcId}`,
  valid: test.result === "valid",
  key: hex(test.key),
  iv: hex(test.iv),
  aad: hex(test.aad),
  msg: hex(test.msg),
  ct: hex(test.ct),
  tag: hex(test.tag),
}));

for (const backend of [kernelBackend, nodeBackend]) {
  Deno.test(`wycheproof, ${backend.name}: a record's ciphertext is that of the vector`, () => {
    for (const { id, valid, key, iv, msg, ct } of tests) {
      if (!valid) continue;
      const nonce = Buffer.from(iv);
      const arena = new Uint8Array(RECORD_OVERHEAD + msg.byteLength);
      const sealing = backend.sealingKey(key, iv.subarray(0, 4));
      sealing.seal(23, nonce.readUInt16BE(4), nonce.readUIntBE(6, 6), [msg], arena, 0);
      assert.deepEqual(arena.subarray(TEXT_OFFSET, TEXT_OFFSET + msg.byteLength), ct, id);
    }
  });
}

/** GCM's tag with the kernel's GHASH, over any additional data. */
function kernelTag(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, ct: Uint8Array): Uint8Array {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const module = new WebAssembly.Module(Buffer.from(KERNEL_WASM, "base64"));
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<
    string,
    (...numbers: number[]) => void
  >;
  const bytes = new Uint8Array(memory.buffer);
  const ecb = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  const padded = (length: number) => (length + 15) & ~15;
  const [table, at] = [4_096, 16_384];
  bytes.set(ecb.update(new Uint8Array(16)), at);
  kernel.prepare!(table, at, 8_192);
  const size = padded(aad.byteLength) + padded(ct.byteLength) + 16;
  bytes.fill(0, at, at + size);
  bytes.set(aad, at);
  bytes.set(ct, at + padded(aad.byteLength));
  const lengths = new DataView(memory.buffer, at + size - 16);
  lengths.setBigUint64(0, BigInt(8 * aad.byteLength));
  lengths.setBigUint64(8, BigInt(8 * ct.byteLength));
  kernel.hash!(table, at, size / 16, 1_024);
  const mask = ecb.update(Buffer.concat([iv, Buffer.from([0, 0, 0, 1])]));
  return bytes.slice(1_024, 1_040).map((byte, index) => byte ^ mask[index]!);
}

Deno.test("wycheproof: the kernel's tag is right for valid vectors and another for invalid ones", () => {
  for (const { id, valid, key, iv, aad, ct, tag } of tests) {
    const same = Buffer.from(kernelTag(key, iv, aad, ct)).equals(tag);
    assert.equal(same, valid, id);
  }
  assert.ok(tests.some(({ valid }) => !valid));
});
