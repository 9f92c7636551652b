import { crc32cTable } from "./crc32c_table.ts";
import { type Kernel, kernel } from "./kernel.ts";

/** The check value of CRC32c: that of the digits 1 to 9. */
const CHECK_INPUT = new TextEncoder().encode("123456789");
const CHECK = 0xe306_9283;

let chosen: Kernel | null | undefined;

/** The kernel where it works and computes right, else null. */
function working(): Kernel | null {
  try {
    const made = kernel();
    return made.crc32c(CHECK_INPUT, 0, CHECK_INPUT.byteLength) === CHECK ? made : null;
  } catch {
    return null;
  }
}

/**
 * CRC32c of a range of bytes (RFC 9260, appendix A), in WebAssembly where there is any.
 *
 * @returns 32 bits, unsigned; SCTP transmits the lowest byte first
 */
export function crc32c(bytes: Uint8Array, offset = 0, length: number = bytes.byteLength - offset): number {
  if (chosen === undefined) chosen = working();
  if (chosen === null) return crc32cTable(bytes, offset, length);
  return chosen.crc32c(bytes, offset, length);
}
