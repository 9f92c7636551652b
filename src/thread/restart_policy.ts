/** How a thread that dies is replaced; times in milliseconds. */
export interface RestartSettings {
  /** Pause before the first replacement, doubled for each further one. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** A thread that lived this long begins anew. */
  readonly quietMs: number;
  /** So many failed replacements within {@link withinMs} are too many. */
  readonly failures: number;
  readonly withinMs: number;
}

export const DEFAULT_RESTART_SETTINGS: RestartSettings = {
  firstPauseMs: 500,
  maxPauseMs: 10_000,
  quietMs: 60_000,
  failures: 5,
  withinMs: 60_000,
};

/** Decides about the replacements of one thread. No clock: `now` is given, in milliseconds. */
export class RestartPolicy {
  readonly #settings: RestartSettings;
  /** Deaths since the thread last was quiet, and the time of the last one. */
  #inARow = 0;
  #last = -Infinity;
  /** When replacements died, as far back as counts. */
  #failed: number[] = [];

  constructor(settings: RestartSettings = DEFAULT_RESTART_SETTINGS) {
    this.#settings = settings;
  }

  /**
   * The thread has died.
   *
   * @returns the pause before its replacement, or undefined where there is to be none
   */
  died(now: number): number | undefined {
    const { firstPauseMs, maxPauseMs, quietMs, failures, withinMs } = this.#settings;
    if (now - this.#last >= quietMs) this.#inARow = 0;
    this.#last = now;
    // The first in a row was no replacement that failed.
    if (++this.#inARow > 1) this.#failed.push(now);
    this.#failed = this.#failed.filter((at) => now - at < withinMs);
    if (this.#failed.length >= failures) return undefined;
    return Math.min(maxPauseMs, firstPauseMs * 2 ** (this.#inARow - 1));
  }
}
