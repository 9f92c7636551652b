import type { AckSample, LossSample } from "./controller.ts";
import { BANDWIDTH_CYCLES, BETA, HEADROOM } from "./bbr_parameters.ts";
import { ExtraAcked } from "./bbr_extra_acked.ts";
import { LossMeter } from "./bbr_loss_meter.ts";
import { MinRtt } from "./bbr_min_rtt.ts";
import { RoundCounter } from "./rounds.ts";
import { WindowedMax } from "./windowed_filter.ts";

/**
 * What BBR knows of the path (section 5.5): its bandwidth and round-trip time, and, where losses showed
 * them, bounds: of the short term (until the next probe) and of the long one.
 */
export class PathModel {
  readonly rounds = new RoundCounter();
  /** Rounds over which losses are judged. */
  readonly lossRounds = new RoundCounter();
  readonly minRtt = new MinRtt();
  readonly extra = new ExtraAcked();
  readonly losses = new LossMeter();
  /** Long-term ceiling of what may be in flight, in bytes. */
  ceiling = Infinity;
  /** Short-term bounds, in bytes per ms and in bytes. */
  bandwidthBound = Infinity;
  inFlightBound = Infinity;
  /** Whether a queue stood all through the last round of losses. */
  wasQueued = false;

  readonly #bandwidths = new WindowedMax(BANDWIDTH_CYCLES);
  #cycle = 0;
  #latestRate = 0;
  #latestDelivered = 0;

  /** The largest bandwidth of late, in bytes per ms; 0 while unknown. */
  get maxBandwidth(): number {
    return this.#bandwidths.value;
  }

  /** The bandwidth to send at, in bytes per ms. */
  get bandwidth(): number {
    return Math.min(this.#bandwidths.value, this.bandwidthBound);
  }

  /** Bytes delivered in the present round. */
  get latestDelivered(): number {
    return this.#latestDelivered;
  }

  /** Whether all packets of this round waited in a queue. */
  get queued(): boolean {
    return this.minRtt.queued(this.losses.leastRtt);
  }

  /** Bytes that fill the path `gain` times at a bandwidth; Infinity while it was not measured. */
  product(gain = 1, bandwidth = this.bandwidth): number {
    const { value } = this.minRtt;
    return value === Infinity || bandwidth === 0 ? Infinity : gain * bandwidth * value;
  }

  /** The ceiling less the room that is left to others, in bytes. */
  ceilingWithHeadroom(leastWindow: number): number {
    return Math.max(this.ceiling * (1 - HEADROOM), leastWindow);
  }

  onAck(sample: AckSample, window: number, now: number): void {
    this.rounds.onAck(sample);
    const rate = sample.deliveryRate ?? 0;
    if (rate > 0 && (rate >= this.#bandwidths.value || !sample.appLimited)) {
      this.#bandwidths.add(rate, this.#cycle);
    }
    this.#latestRate = Math.max(this.#latestRate, rate);
    this.#latestDelivered = Math.max(this.#latestDelivered, sample.delivered - sample.priorDelivered);
    this.lossRounds.onAck(sample);
    this.minRtt.onAck(sample.rtt, now);
    this.losses.onAck(sample);
    this.extra.onAck(sample.acked, this.bandwidth, window, this.rounds.count, now);
  }

  onLoss(sample: LossSample): void {
    this.losses.onLoss(sample);
  }

  /** A round of losses that is over has been judged: the next one is measured afresh. */
  advanceLossRound(sample: AckSample): void {
    if (!this.lossRounds.started) return;
    this.#latestRate = sample.deliveryRate ?? 0;
    this.#latestDelivered = sample.delivered - sample.priorDelivered;
    this.wasQueued = this.queued;
    this.losses.restart();
  }

  /** Rates and losses seen so far belong to another phase. */
  restartLossRound(delivered: number): void {
    this.#latestRate = this.#latestDelivered = 0;
    this.lossRounds.restart(delivered);
    this.losses.restart();
  }

  /** Losses outside of a probe: less is there than was thought (section 5.5.10.3). */
  lowerBounds(window: number): void {
    if (this.bandwidthBound === Infinity) this.bandwidthBound = this.maxBandwidth;
    if (this.inFlightBound === Infinity) this.inFlightBound = window;
    this.bandwidthBound = Math.max(this.#latestRate, BETA * this.bandwidthBound);
    this.inFlightBound = Math.max(this.#latestDelivered, BETA * this.inFlightBound);
  }

  /** A probe begins: the short-term bounds are forgotten. */
  liftBounds(): void {
    this.bandwidthBound = this.inFlightBound = Infinity;
  }

  /** A cycle of probes is over: the bandwidth of the one before the last is forgotten. */
  advanceCycle(): void {
    this.#cycle++;
    this.#bandwidths.advance(this.#cycle);
  }
}
