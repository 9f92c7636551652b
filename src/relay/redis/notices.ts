/** Those in this process who wait for what any relay does, by topic; one subscription to Redis serves them all. */

/** Somebody who waits, now and then, for one topic. */
export class Watch implements Disposable {
  #noticed = false;
  #wake: (() => void) | undefined;

  constructor(readonly onend: (watch: Watch) => void) {}

  /** It is time to look again. */
  notice(): void {
    this.#noticed = true;
    this.#wake?.();
  }

  /** True once there was a notice since the last wait, false when `signal` was aborted or `ms` are over before. */
  async wait(signal: AbortSignal, ms?: number): Promise<boolean> {
    if (!this.#noticed && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#wake = undefined;
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = ms === undefined ? undefined : setTimeout(done, ms);
        this.#wake = done;
        signal.addEventListener("abort", done);
      });
    }
    const noticed = this.#noticed;
    this.#noticed = false;
    return noticed;
  }

  [Symbol.dispose](): void {
    this.onend(this);
  }
}

export class Notices {
  readonly #watches = new Map<string, Set<Watch>>();

  /** From here on nothing of `topic` is missed, until it is disposed of. */
  watch(topic: string): Watch {
    const watch = new Watch((watch) => this.#end(topic, watch));
    const watches = this.#watches.get(topic);
    if (watches === undefined) this.#watches.set(topic, new Set([watch]));
    else watches.add(watch);
    return watch;
  }

  notify(topic: string): void {
    for (const watch of this.#watches.get(topic) ?? []) watch.notice();
  }

  /** Something may have been missed: all look again. */
  notifyAll(): void {
    for (const watches of this.#watches.values()) {
      for (const watch of watches) watch.notice();
    }
  }

  #end(topic: string, watch: Watch): void {
    const watches = this.#watches.get(topic);
    watches?.delete(watch);
    if (watches?.size === 0) this.#watches.delete(topic);
  }
}
