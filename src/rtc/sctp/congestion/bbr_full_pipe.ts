import { FULL_PIPE_GROWTH, FULL_PIPE_ROUNDS } from "./bbr_parameters.ts";

/** Tells when sending faster brings no more delivered: the pipe is full (section 5.3.1.2). */
export class FullPipe {
  /** Whether it has been full once: startup is over for good. */
  reached = false;
  /** Whether it is full in the present probe. */
  now = false;
  #bandwidth = 0;
  #rounds = 0;

  /** Rounds in a row without growth. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Begins another estimate, from `bandwidth` on, in bytes per ms. */
  restart(bandwidth = 0): void {
    this.now = false;
    this.#bandwidth = bandwidth;
    this.#rounds = 0;
  }

  /** `rate` was delivered, in bytes per ms; whether with it a round began. */
  onAck(rate: number, roundStarted: boolean): void {
    if (this.now) return;
    if (rate >= this.#bandwidth * FULL_PIPE_GROWTH) {
      this.restart(rate);
      return;
    }
    if (!roundStarted) return;
    this.now = ++this.#rounds >= FULL_PIPE_ROUNDS;
    if (this.now) this.reached = true;
  }

  /** Losses say it is full. */
  declare(): void {
    this.now = this.reached = true;
  }
}
