/** Serial number arithmetic (RFC 1982) on 32-bit TSNs and 16-bit SSNs: both wrap. */

export function tsnPlus(tsn: number, count: number): number {
  return (tsn + count) >>> 0;
}

/** How far `a` is ahead of `b`, from −2³¹ to 2³¹ − 1. */
export function tsnDistance(a: number, b: number): number {
  return (a - b) | 0;
}

export function tsnAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

export function ssnPlus(ssn: number, count: number): number {
  return (ssn + count) & 0xffff;
}

/** How far `a` is ahead of `b`, from −2¹⁵ to 2¹⁵ − 1. */
export function ssnDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}
