/** CRC-32 as ZIP has it (APPNOTE 4.4.7): reflected, polynomial 0xedb88320. */

/** Four bytes a step: table `k` is for a byte that is followed by `k` others. */
const TABLES = [0, 1, 2, 3].map(() => new Uint32Array(256));
const [T0, T1, T2, T3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  T0[byte] = crc;
}
for (let byte = 0; byte < 256; byte++) {
  for (let k = 1; k < 4; k++) {
    const before = TABLES[k - 1]![byte]!;
    TABLES[k]![byte] = (before >>> 8) ^ T0[before & 0xff]!;
  }
}

/** The checksum of `bytes` that follow bytes of checksum `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^= bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
    crc = T3[crc & 0xff]! ^ T2[crc >>> 8 & 0xff]! ^ T1[crc >>> 16 & 0xff]! ^ T0[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ T0[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
