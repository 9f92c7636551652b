// AssemblyScript, compiled by build.ts with kernel.as.ts into kernel_wasm.ts; its types are not TypeScript's.
// @ts-nocheck AssemblyScript
// deno-lint-ignore-file

/** CRC32c's polynomial, reflected. */
const CASTAGNOLI: u32 = 0x82f63b78;

/** Fills the 8 KiB of tables that {@link crc32c} takes 8 bytes at a time with. */
export function prepareCrc(table: usize): void {
  for (let n: u32 = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (CASTAGNOLI & (0 - (crc & 1)));
    store<u32>(table + (n << 2), crc);
  }
  for (let at: usize = 1024; at < 8192; at += 4) {
    const crc = load<u32>(table + at - 1024);
    store<u32>(table + at, (crc >>> 8) ^ load<u32>(table + ((crc & 255) << 2)));
  }
}

/** Goes on with a CRC, inverted before and after; tables as {@link prepareCrc} filled them. */
export function crc32c(crc: u32, at: usize, length: usize, table: usize): u32 {
  const end = at + length;
  for (; at + 8 <= end; at += 8) {
    const a = load<u32>(at) ^ crc;
    const b = load<u32>(at, 4);
    crc = load<u32>(table + ((a & 255) << 2), 7168) ^
      load<u32>(table + (((a >>> 8) & 255) << 2), 6144) ^
      load<u32>(table + (((a >>> 16) & 255) << 2), 5120) ^
      load<u32>(table + ((a >>> 24) << 2), 4096) ^
      load<u32>(table + ((b & 255) << 2), 3072) ^
      load<u32>(table + (((b >>> 8) & 255) << 2), 2048) ^
      load<u32>(table + (((b >>> 16) & 255) << 2), 1024) ^
      load<u32>(table + ((b >>> 24) << 2));
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ load<u32>(table + ((crc ^ load<u8>(at)) & 255) * 4);
  return crc;
}
