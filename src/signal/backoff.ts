/** Growing waits between attempts, in milliseconds. */
export interface BackoffSettings {
  readonly firstMs: number;
  readonly maxMs: number;
  /** The share by which a wait varies to either side, so that many clients do not return together. */
  readonly jitter?: number;
}

/** Doubling waits from `firstMs` to `maxMs`, with jitter. */
export class Backoff {
  #nextMs: number;

  constructor(readonly settings: BackoffSettings, readonly random: () => number = Math.random) {
    this.#nextMs = settings.firstMs;
  }

  /**
   * The wait before the next attempt, in milliseconds.
   *
   * @param retryAfterMs what the server asked for: never less, nor less than the first wait
   */
  next(retryAfterMs?: number): number {
    const { jitter = 0.2, firstMs, maxMs } = this.settings;
    const wait = retryAfterMs === undefined
      ? this.#nextMs * (1 + jitter * (2 * this.random() - 1))
      : Math.max(retryAfterMs, firstMs) * (1 + jitter * this.random());
    this.#nextMs = Math.min(maxMs, this.#nextMs * 2);
    return wait;
  }

  /** Something worked: begin with the first wait again. */
  reset(): void {
    this.#nextMs = this.settings.firstMs;
  }
}

/** `ms` with a share of it more or less, so that many clients do not keep step. */
export function jittered(ms: number, share = 0.1, random: () => number = Math.random): number {
  return ms * (1 + share * (2 * random() - 1));
}

/**
 * `Retry-After` in milliseconds (RFC 9110, section 10.2.3: seconds or a date), at most `maxMs`;
 * undefined where there is none that can be read.
 */
export function retryAfterMs(response: Response, maxMs = 60_000, now = Date.now()): number | undefined {
  const header = response.headers.get("retry-after");
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(maxMs, Math.max(0, ms));
}

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
