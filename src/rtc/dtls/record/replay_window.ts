/** Numbers remembered below the highest. RFC 6347 asks for 32; reordering on real paths reaches further. */
export const REPLAY_WINDOW = 1_024;

/**
 * The sequence numbers that have been received (RFC 6347, section 4.1.2.6): a bit for each of the last
 * {@link REPLAY_WINDOW}, in a ring.
 */
export class ReplayWindow {
  readonly #bits = new Uint32Array(REPLAY_WINDOW / 32);
  #highest = -1;

  /** The highest number accepted, or -1. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether a number is new, has been accepted, or is too far below the highest to tell. */
  check(sequence: number): "new" | "replayed" | "old" {
    if (sequence > this.#highest) return "new";
    if (sequence <= this.#highest - REPLAY_WINDOW) return "old";
    const bit = sequence % REPLAY_WINDOW;
    return (this.#bits[bit >>> 5]! & (1 << (bit & 31))) === 0 ? "new" : "replayed";
  }

  /** Remembers a number that {@link check} called new and whose record is authentic. */
  accept(sequence: number): void {
    if (sequence > this.#highest) this.#advance(sequence);
    const bit = sequence % REPLAY_WINDOW;
    this.#bits[bit >>> 5]! |= 1 << (bit & 31);
  }

  #advance(sequence: number): void {
    if (sequence - this.#highest >= REPLAY_WINDOW) {
      this.#bits.fill(0);
    } else {
      for (let skipped = this.#highest + 1; skipped <= sequence; skipped++) {
        const bit = skipped % REPLAY_WINDOW;
        this.#bits[bit >>> 5]! &= ~(1 << (bit & 31));
      }
    }
    this.#highest = sequence;
  }
}
