/** Between two lines about an outage that goes on, in milliseconds. */
const REPEAT_MS = 60_000;

/** What the log says of the relay's being there: at the first failure, once a minute, and when it is back. */
export class Reachability {
  readonly #log: (level: "debug" | "info" | "warn", message: string) => void;
  #isReachable = true;
  #loggedAt = 0;

  constructor(log: (level: "debug" | "info" | "warn", message: string) => void) {
    this.#log = log;
  }

  failed(reason: string): void {
    const now = performance.now();
    if (!this.#isReachable && now - this.#loggedAt < REPEAT_MS) return this.#log("debug", reason);
    this.#isReachable = false;
    this.#loggedAt = now;
    this.#log("warn", `the relay is unreachable (${reason})`);
  }

  reached(): void {
    if (!this.#isReachable) this.#log("info", "the relay is reachable again");
    this.#isReachable = true;
  }
}
