/**
 * How much time not used for sending may be made up for at once, in ms. Timers of an event loop fire up
 * to a millisecond late, and a second one may be lost to other work.
 */
const CATCH_UP = 2;

/** Packets that may always leave together: a lone small message need not wait, and two cost one wake-up. */
const BURST_PACKETS = 2;

/** Spreads packets over time. It holds no timer: it says when the next packet is due. */
export class Pacer {
  readonly #maxPacketSize: number;
  /** When the next packet would leave if all had left evenly, in ms. */
  #next = -Infinity;

  constructor(maxPacketSize: number) {
    this.#maxPacketSize = maxPacketSize;
  }

  /** When the next packet may leave, in ms, at `rate` bytes per ms. A time in the past means now. */
  nextSend(rate: number): number {
    return this.#next - this.#burst(rate);
  }

  /** `bytes` left at `now`. */
  onSent(bytes: number, rate: number, now: number): void {
    this.#next = Math.max(this.#next, now) + bytes / rate;
  }

  /** How far ahead of an even spread packets may leave, in ms. */
  #burst(rate: number): number {
    return Math.max(CATCH_UP, (BURST_PACKETS - 1) * this.#maxPacketSize / rate);
  }
}
