/** Probes of one size that may be lost before it counts as too large (RFC 8899, MAX_PROBES). */
const MAX_PROBES = 3;

/** When larger sizes are tried again, in ms (RFC 8899, PMTU_RAISE_TIMER). */
const RAISE_INTERVAL = 600_000;

/**
 * The largest packet that the path carries (RFC 8899, for SCTP section 6.2): sizes are tried from the
 * largest down, since almost every path carries a full Ethernet frame. Sizes are bytes of SCTP packets.
 */
export class PathMtu {
  /** What has been seen to arrive, or is taken to. */
  size: number;
  readonly #base: number;
  /** Falling, all above the base. */
  readonly #candidates: readonly number[];
  #candidate = 0;
  #probes = 0;
  #dueAt = Infinity;

  /** @param candidates sizes worth trying, in any order */
  constructor(base: number, candidates: readonly number[]) {
    this.size = this.#base = base;
    this.#candidates = [...new Set(candidates)].filter((size) => size > base).sort((a, b) => b - a);
  }

  /** When {@link probe} has something to send; undefined where nothing is left to try. */
  get nextTimeout(): number | undefined {
    return this.#dueAt === Infinity ? undefined : this.#dueAt;
  }

  /** Begins to search: the association is established, or its path another. */
  search(now: number): void {
    this.size = this.#base;
    this.#candidate = this.#probes = 0;
    this.#dueAt = this.#candidates.length > 0 ? now : Infinity;
  }

  /**
   * The size of the probe to send now, or undefined.
   *
   * @param timeout after which it is lost, in ms
   */
  probe(timeout: number, now: number): number | undefined {
    if (now < this.#dueAt) return undefined;
    if (this.#candidate >= this.#candidates.length) this.#candidate = this.#probes = 0;
    else if (this.#probes === MAX_PROBES) {
      this.#candidate++;
      this.#probes = 0;
    }
    const size = this.#candidates[this.#candidate];
    if (size === undefined || size <= this.size) {
      // All that is larger was lost.
      this.#candidate = this.#candidates.length;
      this.#dueAt = now + RAISE_INTERVAL;
      return undefined;
    }
    this.#probes++;
    this.#dueAt = now + timeout;
    return size;
  }

  /** A probe of `size` has arrived. */
  acknowledged(size: number, now: number): void {
    if (size <= this.size || !this.#candidates.includes(size)) return;
    this.size = size;
    this.#candidate = this.#candidates.length;
    this.#dueAt = size === this.#candidates[0] ? Infinity : now + RAISE_INTERVAL;
  }

  /** Nothing gets through any more: it may be the size (RFC 8899, section 4.3). */
  blackHole(now: number): void {
    if (this.size === this.#base) return;
    this.size = this.#base;
    this.#candidate = this.#candidates.length;
    this.#dueAt = now + RAISE_INTERVAL;
  }
}
