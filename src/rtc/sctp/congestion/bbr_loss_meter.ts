import type { AckSample, LossSample } from "./controller.ts";
import { LOSS_THRESHOLD } from "./bbr_parameters.ts";

/** Weight of a round's losses in the estimate of noise: about the last sixteen quiet rounds count. */
const NOISE_WEIGHT = 1 / 16;
/** Beyond this share losses are never taken for noise: nobody watches a film over such a path anyway. */
const NOISE_MAX = 0.1;
/** Losses vary from round to round, in bursts above all: so many mean deviations from it are still noise. */
const NOISE_DEVIATIONS = 3;

/**
 * Losses, round by round, and how many of them the path itself makes: those of a radio come whether its
 * queue is empty or not. The draft takes every loss for a sign of too much in flight, and more than 2 % for
 * an order to stop; over Wi-Fi it then sends at half of what it could.
 */
export class LossMeter {
  /** Bytes lost, and delivered, in this round. */
  lost = 0;
  delivered = 0;
  /** Times losses were found: those found together count once. */
  events = 0;
  /** The least round-trip time of this round, in ms. */
  leastRtt = Infinity;
  /** Share of losses in rounds without a queue, and how far single rounds are from it. */
  noise = 0;
  #deviation = 0;
  #learned = 0;

  /** Lost share of the round so far. */
  get share(): number {
    return this.lost === 0 ? 0 : this.lost / (this.lost + this.delivered);
  }

  /** Whether a share of losses is more than the path makes, where a queue stands. */
  excessiveQueued(share: number): boolean {
    return share > this.noise + NOISE_DEVIATIONS * this.#deviation;
  }

  /** The same without a queue: there a few losses are no reason to send less (section 2.8). */
  excessive(share: number): boolean {
    return share > this.noise + NOISE_DEVIATIONS * this.#deviation + LOSS_THRESHOLD;
  }

  onAck(sample: AckSample): void {
    this.delivered += sample.acked;
    if (sample.rtt !== undefined) this.leastRtt = Math.min(this.leastRtt, sample.rtt);
  }

  onLoss(sample: LossSample): void {
    this.lost += sample.lost;
    this.events++;
  }

  /** The round was without a queue, and not one of a probe: its losses are the path's. */
  learn(): void {
    // The first rounds count as much as they are a part of all: the estimate must not start from nothing.
    const weight = Math.max(NOISE_WEIGHT, 1 / ++this.#learned);
    const error = this.share - this.noise;
    this.noise = Math.min(this.noise + error * weight, NOISE_MAX);
    this.#deviation = Math.min(this.#deviation + (Math.abs(error) - this.#deviation) * weight, NOISE_MAX);
  }

  restart(): void {
    this.lost = this.delivered = this.events = 0;
    this.leastRtt = Infinity;
  }
}
