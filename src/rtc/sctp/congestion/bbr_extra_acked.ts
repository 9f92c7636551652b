import { EXTRA_ACKED_ROUNDS } from "./bbr_parameters.ts";
import { WindowedMax } from "./windowed_filter.ts";

/**
 * No link gathers packets for longer, in ms: Wi-Fi does for 20 at most. More is a pause of this process, which
 * the window must not be widened for: what it lets in stands in the queue (Linux says 100).
 */
const LONGEST = 40;

/**
 * How much more than the bandwidth explains is acknowledged at once, by delayed SACKs or a radio that
 * gathers packets: so much more must be in flight for the flow not to run dry (section 5.5.9).
 */
export class ExtraAcked {
  readonly #filter = new WindowedMax(EXTRA_ACKED_ROUNDS);
  #since = 0;
  #acked = 0;

  /** Bytes. */
  get value(): number {
    return this.#filter.value;
  }

  onAck(acked: number, bandwidth: number, window: number, round: number, now: number): void {
    let expected = bandwidth * (now - this.#since);
    if (this.#acked <= expected) {
      this.#acked = 0;
      this.#since = now;
      expected = 0;
    }
    this.#acked += acked;
    const extra = Math.min(this.#acked - expected, bandwidth * LONGEST, window);
    this.#filter.add(extra, round);
  }
}
