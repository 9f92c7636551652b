/**
 * Sliding windows in memory: how many events of a key there were in the last so many milliseconds, exactly. Each
 * event counted is kept as one time, so a key holds at most as many as its limit.
 */

interface Window {
  /** Milliseconds since 1970, oldest first. */
  times: number[];
  length: number;
}

/** Keys remembered, and events of all of them together: 16 MB of times at most. */
const MAX_KEYS = 100_000;
const MAX_EVENTS = 2_000_000;

/**
 * At either bound the key that was silent for longest is forgotten and starts afresh when it comes back: a flood
 * from more addresses than are remembered makes limits forget, and never refuses anybody for it.
 */
export class EventWindows {
  /** In the order of their last event. */
  readonly #windows = new Map<string, Window>();
  #events = 0;

  constructor(readonly maxKeys = MAX_KEYS, readonly maxEvents = MAX_EVENTS) {}

  /** Keys remembered. */
  get size(): number {
    return this.#windows.size;
  }

  /** As `Store.countEvent`. */
  count(key: string, limit: number, windowMs: number, now: number): number {
    const window = this.#windows.get(key) ?? { times: [], length: windowMs };
    this.#forget(key);
    window.length = windowMs;
    window.times = recent(window, now);
    const wait = window.times.length < limit
      ? 0
      : window.times[window.times.length - limit]! + windowMs - now;
    if (wait === 0) window.times.push(now);
    this.#windows.set(key, window);
    this.#events += window.times.length;
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= this.maxKeys && this.#events <= this.maxEvents) break;
      this.#forget(oldest);
    }
    return wait;
  }

  /** Forgets keys without an event in their window. */
  sweep(now: number): void {
    for (const [key, window] of this.#windows) {
      if (recent(window, now).length === 0) this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#events -= this.#windows.get(key)?.times.length ?? 0;
    this.#windows.delete(key);
  }
}

/** The events still in the window. Those that a clock set back left in the future count as of now. */
function recent({ times, length }: Window, now: number): number[] {
  const kept = times.filter((time) => time > now - length);
  return kept.map((time) => Math.min(time, now));
}
