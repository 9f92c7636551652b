/** Middle and spread of some figures. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The middle value; of an even number of values the mean of the two in the middle.
 *
 * @throws {RangeError} for no values
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("there is no median of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The smallest value that at least `share` of the values do not exceed (nearest rank).
 *
 * @param share above 0, at most 1
 * @throws {RangeError} for no values, or another share
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError("there is no percentile of nothing");
  if (!(share > 0 && share <= 1)) throw new RangeError(`${share} is no share of the values`);
  return [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;
}

/** @throws {RangeError} for no values */
export function summary(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * Ratios of what was measured in the same round, which has seen the same machine: their median says more
 * than the ratio of two medians.
 *
 * @throws {RangeError} when the rounds are not as many
 */
export function roundRatios(numerators: readonly number[], denominators: readonly number[]): number[] {
  if (numerators.length !== denominators.length) {
    throw new RangeError(`${numerators.length} rounds cannot be compared with ${denominators.length}`);
  }
  return numerators.map((value, round) => value / denominators[round]!);
}
