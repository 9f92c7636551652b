/** RFC 9260, section 16: the retransmission timer, in ms. */
const TIMEOUT_INITIAL = 1_000;
const TIMEOUT_MIN = 1_000;
const TIMEOUT_MAX = 60_000;

/** Round-trip times and the timer made of them (RFC 9260, section 6.3.1), in ms. */
export class RttEstimate {
  latest = 0;
  smoothed = 0;
  least = Infinity;
  #variation = 0;
  #backoff = 1;

  /** Whether anything was measured. */
  get known(): boolean {
    return this.least < Infinity;
  }

  get timeout(): number {
    const measured = this.known
      ? Math.max(this.smoothed + 4 * this.#variation, TIMEOUT_MIN)
      : TIMEOUT_INITIAL;
    return Math.min(measured * this.#backoff, TIMEOUT_MAX);
  }

  add(rtt: number): void {
    this.#backoff = 1;
    this.latest = rtt;
    if (this.known) {
      this.#variation += (Math.abs(this.smoothed - rtt) - this.#variation) / 4;
      this.smoothed += (rtt - this.smoothed) / 8;
    } else {
      this.smoothed = rtt;
      this.#variation = rtt / 2;
    }
    this.least = Math.min(this.least, rtt);
  }

  backOff(): void {
    this.#backoff *= 2;
  }
}
