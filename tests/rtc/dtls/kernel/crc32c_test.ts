import assert from "node:assert/strict";
import { crc32c } from "../../../../src/rtc/dtls/kernel/crc32c.ts";
import { crc32cTable } from "../../../../src/rtc/dtls/kernel/crc32c_table.ts";
import { kernel } from "../../../../src/rtc/dtls/kernel/kernel.ts";
import { seeded, seededBytes } from "../../../support/seeded.ts";

const IMPLEMENTATIONS: Record<string, typeof crc32cTable> = {
  chosen: crc32c,
  kernel: (bytes, offset, length) => kernel().crc32c(bytes, offset, length),
  table: crc32cTable,
};

/** RFC 3720, section B.4: bytes, and the CRC as it goes over the wire. */
const VECTORS: [Uint8Array, string][] = [
  [new Uint8Array(32), "aa36918a"],
  [new Uint8Array(32).fill(0xff), "43aba862"],
  [Uint8Array.from({ length: 32 }, (_, index) => index), "4e79dd46"],
  [Uint8Array.from({ length: 32 }, (_, index) => 31 - index), "5cdb3f11"],
  [new Uint8Array(0), "00000000"],
];

/** A bit at a time, as the definition has it. */
function reference(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

for (const [name, implementation] of Object.entries(IMPLEMENTATIONS)) {
  Deno.test(`crc32c, ${name}: the vectors of RFC 3720`, () => {
    for (const [bytes, expected] of VECTORS) {
      const crc = implementation(bytes, 0, bytes.byteLength);
      const wire = [0, 8, 16, 24].map((shift) => ((crc >>> shift) & 255).toString(16).padStart(2, "0"));
      assert.equal(wire.join(""), expected);
    }
  });

  Deno.test(`crc32c, ${name}: ranges of every alignment and length`, () => {
    const bytes = seededBytes(seeded(7), 4_096);
    for (let i = 0; i < 300; i++) {
      const length = i < 100 ? i : i * 13;
      const offset = i % 17;
      assert.equal(
        implementation(bytes, offset, length),
        reference(bytes.subarray(offset, offset + length)),
        `${length} bytes from ${offset}`,
      );
    }
  });

  Deno.test(`crc32c, ${name}: more than the kernel's memory holds`, () => {
    const bytes = seededBytes(seeded(8), 300_001);
    assert.equal(implementation(bytes, 1, 300_000), reference(bytes.subarray(1)));
  });
}
