import type { AckSample, LossSample } from "./controller.ts";

/** Losses of the present round. */
export class LossMeter {
  /** Bytes lost, and delivered. */
  lost = 0;
  delivered = 0;
  /** Times losses were found: those found together count once. */
  events = 0;
  /** The least round-trip time, in ms. */
  leastRtt = Infinity;

  /** Lost share of the round so far. */
  get share(): number {
    return this.lost === 0 ? 0 : this.lost / (this.lost + this.delivered);
  }

  onAck(sample: AckSample): void {
    this.delivered += sample.acked;
    if (sample.rtt !== undefined) this.leastRtt = Math.min(this.leastRtt, sample.rtt);
  }

  onLoss(sample: LossSample): void {
    this.lost += sample.lost;
    this.events++;
  }

  restart(): void {
    this.lost = this.delivered = this.events = 0;
    this.leastRtt = Infinity;
  }
}
