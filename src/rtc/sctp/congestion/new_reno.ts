import type { AckSample, CongestionController, ControllerOptions, LossSample } from "./controller.ts";
import { INITIAL_PACKETS } from "./initial_window.ts";
import { Recovery } from "./recovery.ts";

/** RFC 9260, section 7.2.3: the least slow start threshold, in packets. */
const MIN_THRESHOLD_PACKETS = 4;
/** RFC 9260, section 7.2.1 with RFC 3465: growth for one SACK, in packets; receivers SACK every second. */
const GROWTH_PER_SACK = 2;
/** RFC 9260, section 7.2.1: an idle window halves for each such span, in ms: the least RTO.Min of use. */
const IDLE_SPAN = 1_000;

/** RFC 9260, section 7.2: what a conforming SCTP does. The baseline the others are measured against. */
export class NewReno implements CongestionController {
  readonly name = "new-reno";
  readonly pacingRate: undefined;
  readonly #packet: number;
  readonly #recovery = new Recovery();
  #window: number;
  #threshold = Infinity;
  /** `partial_bytes_acked`: counts up to a window, for each of which the window grows by a packet. */
  #partial = 0;
  #lastActive = 0;

  constructor(options: ControllerOptions) {
    this.#packet = options.maxPacketSize;
    this.#window = INITIAL_PACKETS * options.maxPacketSize;
  }

  get window(): number {
    return this.#window;
  }

  onSent(_bytes: number, inFlight: number, now: number): void {
    if (inFlight === 0) {
      for (let idle = now - this.#lastActive; idle >= IDLE_SPAN; idle -= IDLE_SPAN) {
        if (this.#window <= MIN_THRESHOLD_PACKETS * this.#packet) break;
        this.#window = Math.max(this.#window / 2, MIN_THRESHOLD_PACKETS * this.#packet);
      }
    }
    this.#lastActive = now;
  }

  onAck(sample: AckSample, now: number): void {
    this.#lastActive = now;
    this.#recovery.onAck(sample);
    if (this.#recovery.active || !sample.windowLimited) return;
    if (this.#window < this.#threshold) {
      this.#window += Math.min(sample.acked, GROWTH_PER_SACK * this.#packet);
      return;
    }
    this.#partial += sample.acked;
    if (this.#partial < this.#window) return;
    this.#partial -= this.#window;
    this.#window += this.#packet;
  }

  onLoss(sample: LossSample, now: number): void {
    if (!this.#recovery.onLoss(sample, now)) return;
    this.#threshold = this.#half();
    this.#window = this.#threshold;
    this.#partial = 0;
  }

  onTimeout(now: number): void {
    this.#recovery.onTimeout(now);
    this.#threshold = this.#half();
    this.#window = this.#packet;
    this.#partial = 0;
  }

  #half(): number {
    return Math.max(this.#window / 2, MIN_THRESHOLD_PACKETS * this.#packet);
  }
}
