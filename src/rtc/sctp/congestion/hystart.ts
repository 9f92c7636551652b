import type { AckSample } from "./controller.ts";
import { RoundCounter } from "./rounds.ts";

/** RFC 9406, section 4.3: constants, in ms where they are times. */
const MIN_RTT_THRESHOLD = 4;
const MAX_RTT_THRESHOLD = 16;
const MIN_RTT_DIVISOR = 8;
const RTT_SAMPLES = 8;
const CSS_GROWTH_DIVISOR = 4;
/** The round in the middle of which it begins counts as one. */
const CSS_ROUNDS = 5;

/**
 * HyStart++ (RFC 9406): ends slow start when round-trip times grow, before the queue overflows. It first
 * only slows the growth, for conservative slow start (CSS), and takes that back where the rise was jitter.
 */
export class HyStart {
  readonly #rounds = new RoundCounter();
  #lastRoundRtt = Infinity;
  #roundRtt = Infinity;
  #samples = 0;
  /** Round-trip time at which CSS began; undefined outside of it. */
  #baseline: number | undefined;
  #cssRounds = 0;

  /** Whether growth is to be a quarter of slow start's. */
  get conservative(): boolean {
    return this.#baseline !== undefined;
  }

  /** Bytes by which the window grows for `acked` ones. */
  growth(acked: number): number {
    return this.conservative ? acked / CSS_GROWTH_DIVISOR : acked;
  }

  /** Whether slow start is over. */
  onAck(sample: AckSample): boolean {
    if (this.#rounds.onAck(sample)) {
      if (this.conservative && ++this.#cssRounds >= CSS_ROUNDS) return true;
      this.#lastRoundRtt = this.#roundRtt;
      this.#roundRtt = Infinity;
      this.#samples = 0;
    }
    if (sample.rtt === undefined) return false;
    this.#roundRtt = Math.min(this.#roundRtt, sample.rtt);
    if (++this.#samples < RTT_SAMPLES) return false;
    if (this.#baseline !== undefined) {
      if (this.#roundRtt < this.#baseline) this.#baseline = undefined;
    } else if (this.#lastRoundRtt < Infinity) {
      const eighth = this.#lastRoundRtt / MIN_RTT_DIVISOR;
      const threshold = Math.max(MIN_RTT_THRESHOLD, Math.min(eighth, MAX_RTT_THRESHOLD));
      if (this.#roundRtt >= this.#lastRoundRtt + threshold) {
        this.#baseline = this.#roundRtt;
        this.#cssRounds = 0;
      }
    }
    return false;
  }
}
