/** A bucket of tokens: so many at once, and so many a second in the long run. */
export class RateLimit {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt = -Infinity;

  /** @param perSecond tokens that come in a second, and that the bucket holds */
  constructor(perSecond: number) {
    this.#perMs = perSecond / 1_000;
    this.#tokens = this.#capacity = perSecond;
  }

  /** Takes a token. @param now in milliseconds @returns whether there was one */
  take(now: number): boolean {
    if (now > this.#filledAt) {
      this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs);
      this.#filledAt = now;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
