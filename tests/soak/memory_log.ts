import { residentBytes } from "../support/program.ts";
import type { Sample } from "./statistics.ts";

/** Resident memory of a process, looked at again and again until disposed. */
export class MemoryLog implements AsyncDisposable {
  /** Bytes, by milliseconds since the log began. */
  readonly samples: Sample[] = [];
  readonly #pid: number;
  readonly #everyMs: number;
  readonly #began = performance.now();
  readonly #stop = Promise.withResolvers<void>();
  readonly #done: Promise<void>;

  constructor(pid: number, everyMs = 1_000) {
    this.#pid = pid;
    this.#everyMs = everyMs;
    this.#done = this.#run();
    // Whoever wants to know asks for the end.
    this.#done.catch(() => {});
  }

  /** Resolves when the log is disposed; rejects when the process has ended. */
  get ended(): Promise<void> {
    return this.#done;
  }

  /** Bytes at the last look. */
  get latest(): number {
    return this.samples.at(-1)?.value ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.resolve();
    await this.#done.catch(() => {});
  }

  async #run(): Promise<void> {
    for (let stopped = false; !stopped;) {
      const value = await residentBytes(this.#pid).catch(() => {
        throw new Error("the program has ended");
      });
      this.samples.push({ at: performance.now() - this.#began, value });
      let timer: ReturnType<typeof setTimeout> | undefined;
      const next = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), this.#everyMs);
      });
      stopped = await Promise.race([next, this.#stop.promise.then(() => true)]);
      clearTimeout(timer);
    }
  }
}
