import type { AckSample } from "./controller.ts";

/** Counts round trips: one ends when something is acknowledged that was sent after it began. */
export class RoundCounter {
  /** Rounds that have begun. */
  count = 0;
  /** Whether the last sample began one. */
  started = false;
  #end = 0;

  onAck(sample: Pick<AckSample, "delivered" | "priorDelivered">): boolean {
    this.started = sample.priorDelivered >= this.#end;
    if (this.started) {
      this.#end = sample.delivered;
      this.count++;
    }
    return this.started;
  }

  /** Makes the present round end only when something sent from now on is acknowledged. */
  restart(delivered: number): void {
    this.#end = delivered;
  }
}
