/**
 * SACK (RFC 9260, section 3.3.4): cumulative TSN u32 · receiver window u32 · gap blocks u16 · duplicates
 * u16 · blocks of start u16 and end u16, counted from the cumulative TSN · duplicate TSNs u32.
 */
export interface Sack {
  readonly cumulativeTsn: number;
  readonly receiveWindow: number;
  /** Start and end of each block by turns, both included, from the cumulative TSN. */
  readonly gaps: readonly number[];
  readonly duplicates: number;
}

const FIXED_SIZE = 12;

/** Undefined for one that is malformed; blocks out of order are left to the reader. */
export function readSack(value: Uint8Array): Sack | undefined {
  if (value.byteLength < FIXED_SIZE) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const blocks = view.getUint16(8);
  const duplicates = view.getUint16(10);
  if (value.byteLength < FIXED_SIZE + 4 * blocks + 4 * duplicates) return undefined;
  const gaps: number[] = [];
  for (let i = 0; i < 2 * blocks; i++) gaps.push(view.getUint16(FIXED_SIZE + 2 * i));
  return { cumulativeTsn: view.getUint32(0), receiveWindow: view.getUint32(4), gaps, duplicates };
}

/** Bytes of a SACK's value. */
export function sackSize(blocks: number, duplicates: number): number {
  return FIXED_SIZE + 4 * blocks + 4 * duplicates;
}

/** Writes a SACK's value at `at`. `gaps` as in {@link Sack}. */
export function writeSack(
  view: DataView,
  at: number,
  cumulativeTsn: number,
  receiveWindow: number,
  gaps: readonly number[],
  duplicates: readonly number[],
): void {
  view.setUint32(at, cumulativeTsn);
  view.setUint32(at + 4, receiveWindow);
  view.setUint16(at + 8, gaps.length / 2);
  view.setUint16(at + 10, duplicates.length);
  let next = at + FIXED_SIZE;
  for (const offset of gaps) {
    view.setUint16(next, offset);
    next += 2;
  }
  for (const tsn of duplicates) {
    view.setUint32(next, tsn);
    next += 4;
  }
}
