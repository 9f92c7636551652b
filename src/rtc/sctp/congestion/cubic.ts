import type { AckSample, CongestionController, ControllerOptions, LossSample } from "./controller.ts";
import { CubicCurve } from "./cubic_curve.ts";
import { HyStart } from "./hystart.ts";
import { INITIAL_PACKETS } from "./initial_window.ts";
import { Recovery } from "./recovery.ts";

/** RFC 9260, section 7.2.3: the least threshold, in packets. */
const MIN_PACKETS = 4;
/** Multiples of window / RTT at which to pace: above 1, so that pacing is never the limit (as in Linux). */
const PACING_SLOW_START = 2;
const PACING_AVOIDANCE = 1.2;

/** CUBIC (RFC 9438) with HyStart++ (RFC 9406), paced. */
export class Cubic implements CongestionController {
  readonly name = "cubic";
  readonly #packet: number;
  readonly #recovery = new Recovery();
  readonly #curve: CubicCurve;
  /** RFC 9406, section 4.3: only for the first slow start; later ones have a threshold. */
  #hystart: HyStart | undefined = new HyStart();
  #window: number;
  #threshold = Infinity;
  /** For pacing, in ms; undefined where nothing is known that still holds. */
  #rtt: number | undefined;

  constructor(options: ControllerOptions) {
    this.#packet = options.maxPacketSize;
    this.#curve = new CubicCurve(this.#packet);
    this.#window = INITIAL_PACKETS * this.#packet;
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
    if (sample.rtt !== undefined) this.#rtt = Math.max(sample.smoothedRtt, 1);
    this.#recovery.onAck(sample);
    if (this.#window < this.#threshold && this.#hystart?.onAck(sample)) this.#threshold = this.#window;
    if (this.#recovery.active) return;
    if (!sample.windowLimited) this.#curve.idle(now);
    else if (this.#window >= this.#threshold) {
      this.#window = this.#curve.grow(this.#window, sample.acked, sample.smoothedRtt, now);
    } else this.#window += this.#hystart?.growth(sample.acked) ?? sample.acked;
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
    // What is sent again gives no new times: paced by the time of a queue that is gone it would crawl.
    this.#rtt = undefined;
  }

  #reduce(): void {
    this.#threshold = Math.max(this.#curve.reduce(this.#window), MIN_PACKETS * this.#packet);
    this.#hystart = undefined;
  }
}
