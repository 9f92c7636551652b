/** Samples kept: a minute, where one is taken each second. */
export const KEPT_SAMPLES = 60;

/** Bytes a second over the last few seconds, from a counter that only grows. */
export class SpeedMeter {
  readonly #samples: { at: number; bytes: number }[] = [];
  readonly #history: number[] = [];
  readonly #windowMs: number;
  #peak = 0;

  /** @param windowMs longer is smoother */
  constructor(windowMs = 4_000) {
    this.#windowMs = windowMs;
  }

  /** The latest {@link KEPT_SAMPLES} speeds, oldest first. */
  get history(): readonly number[] {
    return this.#history;
  }

  /** The highest speed so far. */
  get peak(): number {
    return this.#peak;
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
    const speed = elapsed > 0 ? (bytes - first.bytes) / elapsed * 1000 : 0;
    this.#history.push(speed);
    if (this.#history.length > KEPT_SAMPLES) this.#history.shift();
    this.#peak = Math.max(this.#peak, speed);
    return speed;
  }
}
