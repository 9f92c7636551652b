/** What a chance decides: each decision about a packet is drawn by itself. */
export const Purpose = { LOSS: 1, BURST: 2, REORDER: 3, DUPLICATE: 4, JITTER: 5 } as const;
export type Purpose = typeof Purpose[keyof typeof Purpose];

/**
 * A number from 0 up to 1 that depends on its arguments alone, so that a packet's fate does not change
 * when other settings do.
 */
export function chance(seed: number, index: number, purpose: Purpose): number {
  return mix(mix(mix(seed) + index) + Math.imul(purpose, 0x9e3779b9)) / 2 ** 32;
}

/** The finaliser of MurmurHash3: each bit of the input changes about half of those of the result. */
function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
