/** RFC 9438, section 4.6: what a reduction leaves of the window. */
export const CUBIC_BETA = 0.7;
/** RFC 9438, section 5: C, packets for each cubed second. */
export const CUBIC_SCALE = 0.4;
/** RFC 9438, section 4.2: a target further away than this would grow faster than slow start. */
const MAX_TARGET = 1.5;
/** RFC 9438, section 4.3: growth of an AIMD flow with this beta that is as fast as Reno, packets a round. */
export const RENO_GROWTH = 3 * (1 - CUBIC_BETA) / (1 + CUBIC_BETA);

/** The window of a CUBIC flow in congestion avoidance (RFC 9438, section 4), in bytes. */
export class CubicCurve {
  readonly #packet: number;
  readonly #renoGrowth: number;
  readonly #scale: number;
  /** W_max: where the last reduction came. */
  #maximum = 0;
  /** When this avoidance began, in ms; undefined before its first acknowledgement. */
  #epoch: number | undefined;
  /** K: how long after the epoch the window is back at W_max, in seconds. */
  #timeToMaximum = 0;
  /** W_est: the window of a Reno flow in the same place. */
  #renoWindow = 0;
  /** When the window was last not made use of, in ms. */
  #idleSince: number | undefined;

  /** `renoGrowth`: packets a round by which a flow as fast as Reno grows; `scale`: C. */
  constructor(packet: number, renoGrowth = RENO_GROWTH, scale = CUBIC_SCALE) {
    this.#packet = packet;
    this.#scale = scale;
    this.#renoGrowth = renoGrowth;
  }

  /** Losses at `window`; the window after them, without a lower limit. */
  reduce(window: number): number {
    // Section 4.7, fast convergence: a flow that shrinks makes room for a new one.
    this.#maximum = window < this.#maximum ? window * (1 + CUBIC_BETA) / 2 : window;
    this.#epoch = undefined;
    return window * CUBIC_BETA;
  }

  /** The window was not made use of: section 5.8, such time does not make it grow. */
  idle(now: number): void {
    this.#idleSince ??= now;
  }

  /** The window after `acked` bytes, at a round-trip time in ms. */
  grow(window: number, acked: number, rtt: number, now: number): number {
    if (this.#idleSince !== undefined) {
      if (this.#epoch !== undefined) this.#epoch += now - this.#idleSince;
      this.#idleSince = undefined;
    }
    if (this.#epoch === undefined) {
      this.#epoch = now;
      this.#renoWindow = window;
      this.#maximum = Math.max(this.#maximum, window);
      this.#timeToMaximum = Math.cbrt((this.#maximum - window) / this.#packet / this.#scale);
    }
    const time = (now - this.#epoch + rtt) / 1_000;
    const cubic = this.#scale * (time - this.#timeToMaximum) ** 3 * this.#packet + this.#maximum;
    const growth = this.#renoWindow < this.#maximum ? this.#renoGrowth : 1;
    this.#renoWindow += growth * this.#packet * acked / window;
    if (cubic < this.#renoWindow) return Math.max(window, this.#renoWindow);
    const target = Math.min(cubic, MAX_TARGET * window);
    return target > window ? window + (target - window) * acked / window : window;
  }
}
