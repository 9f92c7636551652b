/** Those who wait for one event, each until it happens or their own signal is aborted. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  get size(): number {
    return this.#waiting.size;
  }

  /** True when released, false when `signal` was aborted first. Leaves nothing behind either way. */
  wait(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (released: boolean) => {
        this.#waiting.delete(release);
        signal.removeEventListener("abort", abort);
        resolve(released);
      };
      const release = () => settle(true);
      const abort = () => settle(false);
      this.#waiting.add(release);
      signal.addEventListener("abort", abort);
    });
  }

  /** Releases everyone who waits now. */
  release(): void {
    for (const release of [...this.#waiting]) release();
  }
}
