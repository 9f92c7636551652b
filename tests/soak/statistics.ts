/** The middle one of the values, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values have no median");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The slope of the line with the least squares of distances, in y for each x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const x = mean(([x]) => x);
  const y = mean(([, y]) => y);
  const variance = mean((point) => (point[0] - x) ** 2);
  if (!(variance > 0)) throw new RangeError("a slope needs two different x");
  return mean((point) => (point[0] - x) * (point[1] - y)) / variance;
}

/** A value at a time in ms. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

export interface Growth {
  /** Medians of the first and of the last window, and the largest value. */
  readonly first: number;
  readonly last: number;
  readonly max: number;
}

/** How samples changed from their first to their last window; one of a third of the time if that is less. */
export function growth(samples: readonly Sample[], windowMs: number): Growth {
  const from = samples[0]?.at ?? 0;
  const to = samples.at(-1)?.at ?? 0;
  const window = Math.min(windowMs, (to - from) / 3);
  const values = (some: readonly Sample[]) => some.map(({ value }) => value);
  return {
    first: median(values(samples.filter(({ at }) => at <= from + window))),
    last: median(values(samples.filter(({ at }) => at >= to - window))),
    max: Math.max(...values(samples)),
  };
}
