/** A time without a connection. */
export interface Outage {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds; undefined while it lasts. */
  readonly duration?: number;
}

/** Outages kept. */
const MAX_KEPT = 20;

/** Times without a connection after the first one, from whether there is one. */
export class Outages {
  readonly #kept: Outage[] = [];
  #count = 0;
  #openedAt: number | undefined;
  #since: number | undefined;

  /** @param now milliseconds since 1970 */
  connected(is: boolean, now: number): void {
    if (is) {
      this.#openedAt ??= now;
      if (this.#since === undefined) return;
      this.#kept.push({ since: this.#since, duration: now - this.#since });
      if (this.#kept.length > MAX_KEPT) this.#kept.shift();
      this.#since = undefined;
      return;
    }
    // Before the first connection there is nothing to be without.
    if (this.#openedAt === undefined || this.#since !== undefined) return;
    this.#since = now;
    this.#count++;
  }

  /** How many there were, the one that lasts among them. */
  get count(): number {
    return this.#count;
  }

  /** The latest ones, oldest first. */
  get latest(): readonly Outage[] {
    return this.#since === undefined ? [...this.#kept] : [...this.#kept, { since: this.#since }];
  }

  /** When the first connection came about, in milliseconds since 1970. */
  get openedAt(): number | undefined {
    return this.#openedAt;
  }
}
