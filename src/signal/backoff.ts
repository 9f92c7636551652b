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

  /** The wait before the next attempt, in milliseconds. */
  next(): number {
    const { jitter = 0.2, maxMs } = this.settings;
    const wait = this.#nextMs * (1 + jitter * (2 * this.random() - 1));
    this.#nextMs = Math.min(maxMs, this.#nextMs * 2);
    return wait;
  }

  /** Something worked: begin with the first wait again. */
  reset(): void {
    this.#nextMs = this.settings.firstMs;
  }
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
