/** Bytes a second over the last few seconds, from a counter that only grows. */
export class SpeedMeter {
  readonly #samples: { at: number; bytes: number }[] = [];
  readonly #windowMs: number;

  /** @param windowMs longer is smoother */
  constructor(windowMs = 4_000) {
    this.#windowMs = windowMs;
  }

  /**
   * @param bytes the counter
   * @param now milliseconds of any steady clock
   * @returns bytes a second; 0 before there are two samples
   */
  sample(bytes: number, now: number): number {
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= now - this.#windowMs) this.#samples.shift();
    const first = this.#samples[0]!;
    const elapsed = now - first.at;
    return elapsed > 0 ? (bytes - first.bytes) / elapsed * 1000 : 0;
  }
}
