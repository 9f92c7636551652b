import { RTO_BACKED_OFF, RTO_INITIAL, RTO_MAX, RTO_MIN } from "./constants.ts";

/** How long the least round trip is believed, in milliseconds: paths change. */
const MIN_RTT_LIFETIME = 30_000;

/** Round-trip times and the retransmission timeout (RFC 9260, section 6.3.1), in milliseconds. */
export class RoundTrip {
  /** 0 until the first sample. */
  smoothed = 0;
  latest = 0;
  #variation = 0;
  #min = Infinity;
  #minAt = 0;
  #backoff = 1;

  sample(rtt: number, now: number): void {
    this.latest = rtt;
    if (rtt <= this.#min || now - this.#minAt > MIN_RTT_LIFETIME) {
      this.#min = rtt;
      this.#minAt = now;
    }
    if (this.smoothed === 0) {
      this.smoothed = rtt;
      this.#variation = rtt / 2;
    } else {
      this.#variation += (Math.abs(this.smoothed - rtt) - this.#variation) / 4;
      this.smoothed += (rtt - this.smoothed) / 8;
    }
    this.#backoff = 1;
  }

  /** The least seen lately; infinite before the first sample. */
  get min(): number {
    return this.#min;
  }

  get rto(): number {
    const measured = this.smoothed === 0 ? RTO_INITIAL : this.smoothed + 4 * this.#variation;
    const base = Math.min(RTO_MAX, Math.max(RTO_MIN, measured));
    return Math.max(base, Math.min(RTO_BACKED_OFF, base * this.#backoff));
  }

  /** The timer has expired. */
  backOff(): void {
    this.#backoff = Math.min(64, this.#backoff * 2);
  }

  /** Something was acknowledged: the path works. */
  progress(): void {
    this.#backoff = 1;
  }
}
