/** CRC32c's polynomial, reflected (RFC 9260, appendix A). */
const POLYNOMIAL = 0x82f6_3b78;

/** Table k says what a byte does to the CRC that has k more bytes behind it. */
const TABLES = makeTables();

/** CRC32c of a range of bytes without WebAssembly, four bytes a step. */
export function crc32cTable(bytes: Uint8Array, offset: number, length: number): number {
  const [t0, t1, t2, t3] = TABLES;
  const end = offset + length;
  let at = offset;
  let crc = -1;
  for (; at + 4 <= end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!;
  }
  for (; at < end; at++) crc = t0[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTables(): [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = new Int32Array(256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (POLYNOMIAL & -(crc & 1));
    first[n] = crc;
  }
  const behind = (table: Int32Array) => table.map((crc) => (crc >>> 8) ^ first[crc & 255]!);
  const second = behind(first);
  const third = behind(second);
  return [first, second, third, behind(third)];
}
