/** Bytes of messages between two hints. */
const BETWEEN = 8 << 20;

/** What V8 lets pile up of memory outside of its heap before it collects all garbage is 64 MiB; this is more. */
const HINT = 80 << 20;

/** Collecting is not to be all that a fast download does, in milliseconds. */
const MIN_INTERVAL_MS = 1_000;

/**
 * Makes browsers collect the messages of data channels while there are few of them.
 *
 * Chromium frees a message's memory when it collects the garbage of the whole thread, but does not count it when it
 * decides whether to. A thread that does little else than to pass messages on has hardly anything that is counted, and
 * a film's messages pile up to 200 MB. Memory that a script asks for is counted, and costs nothing where nobody ever
 * touches it.
 */
export class MessageMemory {
  readonly #now: () => number;
  #received = 0;
  #last = -Infinity;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /**
   * A message came.
   *
   * @param count its bytes
   * @returns whether the browser was given a hint
   */
  received(count: number): boolean {
    this.#received += count;
    if (this.#received < BETWEEN) return false;
    const now = this.#now();
    if (now - this.#last < MIN_INTERVAL_MS) return false;
    this.#received = 0;
    this.#last = now;
    try {
      // Garbage at once.
      new ArrayBuffer(HINT);
    } catch {
      // A device with so little memory collects by itself.
    }
    return true;
  }
}
