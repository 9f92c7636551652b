import { MIN_RTT_LIFETIME, PROBE_RTT_INTERVAL } from "./bbr_parameters.ts";

/**
 * A sample this near the least one shows that the queue was empty, so there is no need to probe: a
 * sixteenth of it, for the time packets of several sizes and neighbours on the link take.
 */
const NEAR = 1 + 1 / 16;

/** The least round-trip time of late (section 5.5.7), in ms. */
export class MinRtt {
  value = Infinity;
  /** Whether it is time to drain the queue and measure again. */
  probeDue = false;
  #seenAt = 0;
  #probeMin = Infinity;
  #probeMinAt = 0;

  onAck(rtt: number | undefined, now: number): void {
    this.probeDue = now > this.#probeMinAt + PROBE_RTT_INTERVAL;
    if (rtt !== undefined && (rtt <= this.#probeMin * NEAR || this.probeDue)) {
      this.#probeMin = this.probeDue ? rtt : Math.min(rtt, this.#probeMin);
      this.#probeMinAt = now;
    }
    const expired = now > this.#seenAt + MIN_RTT_LIFETIME;
    if (this.#probeMin < this.value || expired) {
      this.value = this.#probeMin;
      this.#seenAt = this.#probeMinAt;
    } else if (rtt !== undefined && rtt <= this.value * NEAR) this.#seenAt = now;
  }

  /** The path has just been measured with little in flight. */
  refresh(now: number): void {
    this.#probeMinAt = now;
  }
}
