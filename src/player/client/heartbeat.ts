/** Times in milliseconds. */
export interface HeartbeatSettings {
  /** Between two PINGs. */
  readonly intervalMs: number;
  /** Nothing heard for so long after a PING is silence. */
  readonly answerMs: number;
  /** The same where the network, or the machine, has just come back. */
  readonly checkMs: number;
  /** A deadline that is seen so much too late was slept through, and proves nothing. */
  readonly lateMs: number;
  /** Between two PINGs of a connection that is silent. */
  readonly silentMs: number;
}

export const DEFAULT_HEARTBEAT: HeartbeatSettings = {
  intervalMs: 30_000,
  answerMs: 10_000,
  checkMs: 2_000,
  lateMs: 1_500,
  silentMs: 2_000,
};

/** `ping`: send a PING. `silent`: the other side has not answered; told once until it is heard again. */
export type HeartbeatStep = "ping" | "silent";

/**
 * Tells from what is heard whether the other side is still there. No clock: `now` is given in milliseconds, and
 * {@link deadline} says when {@link tick} is due.
 */
export class Heartbeat {
  readonly #settings: HeartbeatSettings;
  #pingAt: number;
  #answerBy: number | undefined;
  #silent = false;
  #doubt = false;

  constructor(now: number, settings: HeartbeatSettings = DEFAULT_HEARTBEAT) {
    this.#settings = settings;
    this.#pingAt = now + settings.intervalMs;
  }

  get deadline(): number {
    return Math.min(this.#pingAt, this.#answerBy ?? Infinity);
  }

  /** A PING is under way. */
  get asking(): boolean {
    return this.#answerBy !== undefined;
  }

  /** Anything has arrived, a PONG or not; answers whether that ends a silence. */
  heard(now: number): boolean {
    this.#answerBy = undefined;
    if (!this.#silent) return false;
    this.#silent = false;
    this.#pingAt = now + this.#settings.intervalMs;
    return true;
  }

  /** Asks soon, and waits shortly: there is reason to doubt. */
  check(now: number): void {
    if (this.#silent) return;
    this.#pingAt = now;
    // The PING that is under way may have been lost with the network of before.
    this.#answerBy = undefined;
    this.#doubt = true;
  }

  /** Time has passed; what is to be done. */
  tick(now: number): HeartbeatStep | undefined {
    const { intervalMs, answerMs, checkMs, lateMs, silentMs } = this.#settings;
    if (this.#answerBy !== undefined && now >= this.#answerBy) {
      const late = now - this.#answerBy > lateMs;
      this.#answerBy = undefined;
      if (late) {
        this.#doubt = true;
        this.#pingAt = now;
      } else {
        this.#silent = true;
        this.#pingAt = now + silentMs;
        return "silent";
      }
    }
    if (now < this.#pingAt) return undefined;
    // A tab that slept is not to wait for long either.
    const doubtful = this.#doubt || now - this.#pingAt > lateMs;
    this.#doubt = false;
    this.#pingAt = now + (this.#silent ? silentMs : intervalMs);
    if (!this.#silent) this.#answerBy = now + (doubtful ? checkMs : answerMs);
    return "ping";
  }
}
