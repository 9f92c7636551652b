/** Answers of a relay that is not there for the moment, or of a proxy before one. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 502, 503, 504]);

/** Whether another mirror may do better than the one that answered with `status`. */
export function isPassingStatus(status: number): boolean {
  return PASSING_STATUSES.has(status);
}

/**
 * Whether another mirror may do better than the one where a request failed with `error`: no name, no
 * connection, one that was cut or reset, TLS that failed (`fetch` throws a TypeError for each) or a timeout.
 */
export function isPassingError(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
}

/**
 * The addresses of one relay, and which of them is asked (control-plane.md, section 6). No clock: `now` is
 * given, in milliseconds.
 */
export class MirrorPool {
  /** Called after another mirror has become the current one. */
  onmove: () => void = () => {};
  readonly #bases: readonly string[];
  readonly #returnMs: number;
  #current = 0;
  /** When the first was left, or last found unwell. */
  #since = 0;

  /**
   * @param first the relay's own address; all without a slash at the end
   * @param returnMs how long after it was left it is probed, and probed again, in milliseconds
   */
  constructor(first: string, mirrors: readonly string[], returnMs: number) {
    this.#bases = [...new Set([first, ...mirrors])];
    this.#returnMs = returnMs;
  }

  get first(): string {
    return this.#bases[0]!;
  }

  /** Where calls go. */
  get current(): string {
    return this.#bases[this.#current]!;
  }

  /** A call to `base` failed in a passing way: the next one is current, unless that is so already. */
  failed(base: string, now: number): void {
    if (base !== this.current || this.#bases.length === 1) return;
    if (this.#current === 0) this.#since = now;
    this.#move((this.#current + 1) % this.#bases.length);
  }

  /** Whether it is time to see how the first is. */
  isProbeDue(now: number): boolean {
    return this.#current !== 0 && now - this.#since >= this.#returnMs;
  }

  /** The first was seen to be well, or not. */
  probed(isWell: boolean, now: number): void {
    this.#since = now;
    if (isWell && this.#current !== 0) this.#move(0);
  }

  #move(to: number): void {
    this.#current = to;
    this.onmove();
  }
}
