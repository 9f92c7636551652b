/** Token buckets by key: a burst, refilled at a steady rate. Full buckets are forgotten, so memory is bounded. */

interface Bucket {
  left: number;
  at: number;
}

export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param burst how many at once
   * @param perSecond how many come back each second
   * @param maxKeys how many keys are remembered; above it full buckets go first, then the oldest
   */
  constructor(readonly burst: number, readonly perSecond: number, readonly maxKeys: number) {}

  /** Whether there is a bucket for `key`; one that is full may have been forgotten. */
  knows(key: string): boolean {
    return this.#buckets.has(key);
  }

  /** Takes one for `key`: 0 when there was one, else the whole seconds until there is. `now` in milliseconds. */
  take(key: string, now: number): number {
    const bucket = this.#buckets.get(key) ?? this.#add(key, now);
    bucket.left = this.#leftAt(bucket, now);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - bucket.left) / this.perSecond));
  }

  #leftAt(bucket: Bucket, now: number): number {
    const seconds = Math.max(0, now - bucket.at) / 1_000;
    return Math.min(this.burst, bucket.left + seconds * this.perSecond);
  }

  #add(key: string, now: number): Bucket {
    if (this.#buckets.size >= this.maxKeys) this.#prune(now);
    const bucket = { left: this.burst, at: now };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #prune(now: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#leftAt(bucket, now) >= this.burst) this.#buckets.delete(key);
    }
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size < this.maxKeys) break;
      this.#buckets.delete(key);
    }
  }
}
