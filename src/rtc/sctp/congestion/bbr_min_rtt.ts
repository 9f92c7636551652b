import { MIN_RTT_LIFETIME, PROBE_RTT_INTERVAL } from "./bbr_parameters.ts";
import { WindowedMax } from "./windowed_filter.ts";

/**
 * A sample this near the least one shows that the queue was empty, so there is no need to probe: a
 * sixteenth of it, for the time packets of several sizes and neighbours on the link take.
 */
const NEAR = 1 + 1 / 16;
/** A queue stands where even the least time of a round is longer by this factor and so many ms: jitter. */
const QUEUED_FACTOR = NEAR;
const QUEUED_MARGIN = 1;

/**
 * How long the least time of all is kept to tell a queue by, in ms and in how many pieces. Longer than
 * the draft's estimate, which beside flows that never let the queue run empty takes their queue for the
 * path; not for ever, for a path can become longer.
 */
const BASE_PERIOD = 20_000;
const BASE_PERIODS = 6;

/** The least round-trip time of late (section 5.5.7), in ms. */
export class MinRtt {
  value = Infinity;
  /** Whether it is time to drain the queue and measure again. */
  probeDue = false;
  #seenAt = 0;
  #probeMin = Infinity;
  #probeMinAt = 0;
  /** Negated times, for the largest of them. */
  readonly #base = new WindowedMax(BASE_PERIODS);

  onAck(rtt: number | undefined, now: number): void {
    this.probeDue = this.#probeMin < Infinity && now > this.#probeMinAt + PROBE_RTT_INTERVAL;
    if (rtt === undefined) return;
    this.#base.add(-rtt, Math.floor(now / BASE_PERIOD));
    if (rtt <= this.#probeMin * NEAR || this.probeDue) {
      this.#probeMin = this.probeDue ? rtt : Math.min(rtt, this.#probeMin);
      this.#probeMinAt = now;
    }
    const expired = now > this.#seenAt + MIN_RTT_LIFETIME;
    if (this.#probeMin < this.value || expired) {
      this.value = this.#probeMin;
      this.#seenAt = this.#probeMinAt;
    } else if (rtt <= this.value * NEAR) this.#seenAt = now;
  }

  /** The path has just been measured with little in flight. */
  refresh(now: number): void {
    this.#probeMinAt = now;
  }

  /** Whether a queue stood while `rtt` was the least time of a round. */
  queued(rtt: number): boolean {
    return rtt < Infinity && rtt > -this.#base.value * QUEUED_FACTOR + QUEUED_MARGIN;
  }
}
