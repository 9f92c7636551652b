import type { AckSample, CongestionController, ControllerOptions, LossSample } from "./controller.ts";
import { HyStart } from "./hystart.ts";
import { INITIAL_PACKETS } from "./initial_window.ts";
import { Recovery } from "./recovery.ts";

/** RFC 9438, section 4.6: what a reduction leaves of the window. */
const BETA = 0.7;
/** RFC 9438, section 5: C, packets for each cubed second. */
const SCALE = 0.4;
/** RFC 9438, section 4.3: growth of an AIMD flow with this beta that is as fast as Reno, packets a round. */
const RENO_GROWTH = 3 * (1 - BETA) / (1 + BETA);
/** RFC 9438, section 4.6: the least threshold, in packets; RFC 9260, section 7.2.3 asks for four. */
const MIN_PACKETS = 4;
/** RFC 9438, section 4.4: a target beyond this share of the window would grow faster than slow start. */
const MAX_TARGET = 1.5;
/** Shares of window / RTT at which to pace: above 1 so that pacing never is the limit (Linux: the same). */
const PACING_SLOW_START = 2;
const PACING_AVOIDANCE = 1.2;

/** CUBIC (RFC 9438) with HyStart++ (RFC 9406), paced. */
export class Cubic implements CongestionController {
  readonly name = "cubic";
  readonly #packet: number;
  readonly #recovery = new Recovery();
  #hystart: HyStart | undefined = new HyStart();
  #window: number;
  #threshold = Infinity;
  #rtt: number | undefined;

  /** W_max, in bytes: where the last reduction came. */
  #maximum = 0;
  /** When this congestion avoidance began, in ms; undefined before its first acknowledgement. */
  #epoch: number | undefined;
  /** K: how long after the epoch the window is back at W_max, in seconds. */
  #timeToMaximum = 0;
  /** W_est, in bytes: the window of a Reno flow in the same place. */
  #renoWindow = 0;
  /** When the window was last not made use of, in ms: that time does not count as growth. */
  #idleSince: number | undefined;

  constructor(options: ControllerOptions) {
    this.#packet = options.maxPacketSize;
    this.#window = INITIAL_PACKETS * options.maxPacketSize;
  }

  get window(): number {
    return this.#window;
  }

  get pacingRate(): number | undefined {
    if (this.#rtt === undefined) return undefined;
    return (this.#window < this.#threshold ? PACING_SLOW_START : PACING_AVOIDANCE) * this.#window / this.#rtt;
  }

  onSent(): void {}

  onAck(sample: AckSample, now: number): void {
    this.#rtt = Math.max(sample.smoothedRtt, 1);
    this.#recovery.onAck(sample);
    if (this.#window < this.#threshold && this.#hystart?.onAck(sample)) this.#threshold = this.#window;
    if (this.#recovery.active) return;
    if (!sample.windowLimited) {
      this.#idleSince ??= now;
      return;
    }
    if (this.#idleSince !== undefined) {
      // RFC 9438, section 5.8: time without need of the window does not make it grow.
      if (this.#epoch !== undefined) this.#epoch += now - this.#idleSince;
      this.#idleSince = undefined;
    }
    if (this.#window < this.#threshold) {
      this.#window += this.#hystart?.growth(sample.acked) ?? sample.acked;
    } else this.#avoid(sample, now);
  }

  onLoss(sample: LossSample, now: number): void {
    if (!this.#recovery.onLoss(sample, now)) return;
    this.#reduce();
    this.#window = this.#threshold;
  }

  onTimeout(now: number): void {
    this.#recovery.onTimeout(now);
    this.#reduce();
    this.#window = this.#packet;
  }

  #reduce(): void {
    // RFC 9438, section 4.7, fast convergence: a flow that shrinks makes room for a new one.
    const shrinks = this.#window < this.#maximum;
    this.#maximum = shrinks ? this.#window * (1 + BETA) / 2 : this.#window;
    this.#threshold = Math.max(this.#window * BETA, MIN_PACKETS * this.#packet);
    this.#epoch = undefined;
    // RFC 9406, section 4.3: only for the first slow start; later ones have a threshold.
    this.#hystart = undefined;
  }

  #avoid(sample: AckSample, now: number): void {
    if (this.#epoch === undefined) {
      this.#epoch = now;
      this.#renoWindow = this.#window;
      this.#maximum = Math.max(this.#maximum, this.#window);
      this.#timeToMaximum = Math.cbrt((this.#maximum - this.#window) / this.#packet / SCALE);
    }
    const rtt = sample.smoothedRtt / 1_000;
    const time = (now - this.#epoch) / 1_000 + rtt;
    const cubic = SCALE * (time - this.#timeToMaximum) ** 3 * this.#packet + this.#maximum;
    const growth = this.#renoWindow < this.#maximum ? RENO_GROWTH : 1;
    this.#renoWindow += growth * this.#packet * sample.acked / this.#window;
    if (cubic < this.#renoWindow) {
      this.#window = Math.max(this.#window, this.#renoWindow);
      return;
    }
    const target = Math.min(cubic, MAX_TARGET * this.#window);
    if (target > this.#window) this.#window += (target - this.#window) * sample.acked / this.#window;
  }
}
