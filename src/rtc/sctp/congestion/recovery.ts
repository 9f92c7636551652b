import type { AckSample, LossSample } from "./controller.ts";

/**
 * One reduction for each round trip of losses: what was sent before a reduction says nothing about the
 * rate after it (RFC 9260, section 7.2.4: fast recovery lasts until what was outstanding is acknowledged).
 */
export class Recovery {
  /** Bytes delivered when the recovery began; undefined where there is none. */
  #since: number | undefined;
  #beganAt = -Infinity;

  get active(): boolean {
    return this.#since !== undefined;
  }

  /** Whether these losses begin a recovery, so that the window is to be reduced. */
  onLoss(sample: LossSample, now: number): boolean {
    if (sample.sentAt <= this.#beganAt) return false;
    this.#beganAt = now;
    this.#since = sample.delivered;
    return true;
  }

  onAck(sample: AckSample): void {
    if (this.#since !== undefined && sample.priorDelivered >= this.#since) this.#since = undefined;
  }

  /** A timeout ends it: slow start follows. Losses of what was sent before are part of the timeout. */
  onTimeout(now: number): void {
    this.#since = undefined;
    this.#beganAt = now;
  }
}
