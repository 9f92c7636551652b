import type { EventSourceMessage } from "eventsource-parser";
import { Backoff, delay, retryAfterMs } from "./backoff.ts";
import { finalFailure, SignalFailure } from "./errors.ts";
import { failureText } from "./failure_text.ts";
import type { LinkSettings } from "./settings.ts";
import { readEventStream, SseReadError } from "./sse_reader.ts";

/** `retry:` is honoured within these bounds, in milliseconds. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 30_000;

/** So many oversized events in a row are not an accident. */
const OVERSIZED_IN_A_ROW = 3;

/** Event ids and repeats remembered, well over the 256 messages a relay keeps. */
const SEEN_LIMIT = 1_024;

export interface EventStreamOptions {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly settings: LinkSettings;
  /** Each event once, in order, over all reconnects. */
  onEvent(data: string): void;
  /** For good; nothing follows. */
  onFailure(failure: SignalFailure): void;
  /** Each passing error, for the debug log. */
  onRetry?(reason: string, waitMs: number): void;
}

/**
 * An event stream that outlives its responses: the relay ends each after some 25 s, and connections
 * break. Goes on after the last event id, drops what was delivered already.
 */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #abort = new AbortController();
  readonly #seen = new Set<string>();
  readonly #errorWait: Backoff;
  readonly #hurriedWait: Backoff;
  #lastEventId = "";
  #retryMs = 0;
  #established = false;
  #oversized = 0;
  /** Since when there has been no stream. */
  #downSince = performance.now();

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#errorWait = new Backoff(options.settings.error);
    this.#hurriedWait = new Backoff(options.settings.hurriedEnd);
  }

  /** From now on the stream is a convenience: no outage of it is final. */
  established(): void {
    this.#established = true;
  }

  close(): void {
    this.#abort.abort();
  }

  /** Reads until closed or failed. */
  async run(): Promise<void> {
    const signal = this.#abort.signal;
    while (!signal.aborted) {
      const wait = await this.#once();
      if (signal.aborted) return;
      if (wait instanceof SignalFailure) return this.#options.onFailure(wait);
      const failure = this.#givesUp(wait);
      if (failure !== undefined) return this.#options.onFailure(failure);
      if (wait > 0) await delay(wait, signal);
    }
  }

  /** One response; answers how long to wait before the next, or what ended it all. */
  async #once(): Promise<number | SignalFailure> {
    const { settings } = this.#options;
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    this.#abort.signal.addEventListener("abort", stop);
    const timer = setTimeout(stop, settings.headMs);
    try {
      const response = await fetch(this.#options.url, {
        headers: this.#headers(),
        signal: attempt.signal,
        cache: "no-store",
      });
      clearTimeout(timer);
      return await this.#read(response);
    } catch (error) {
      return this.#afterError(failureText(error));
    } finally {
      clearTimeout(timer);
      this.#abort.signal.removeEventListener("abort", stop);
      attempt.abort();
    }
  }

  async #read(response: Response): Promise<number | SignalFailure> {
    const type = response.headers.get("content-type") ?? "";
    if (response.status !== 200 || response.body === null || !type.startsWith("text/event-stream")) {
      await response.body?.cancel().catch(() => {});
      const failure = finalFailure(response.status);
      if (failure !== undefined) return failure;
      return this.#afterError(`status ${response.status}`, retryAfterMs(response));
    }
    const openedAt = performance.now();
    this.#downSince = Infinity;
    try {
      await readEventStream(response.body, {
        onEvent: (event) => this.#deliver(event),
        onRetry: (ms) => this.#retryMs = Math.min(RETRY_MAX_MS, Math.max(RETRY_MIN_MS, ms)),
        onActivity: () => this.#errorWait.reset(),
      }, this.#options.settings.silenceMs);
    } catch (error) {
      this.#downSince = performance.now();
      if (error instanceof SseReadError && error.type === "oversized") {
        if (++this.#oversized >= OVERSIZED_IN_A_ROW) {
          return new SignalFailure("oversized", "the relay sends events over the size limit");
        }
      }
      return this.#afterError(failureText(error));
    }
    this.#oversized = 0;
    this.#downSince = performance.now();
    if (performance.now() - openedAt >= this.#options.settings.lastedMs) {
      this.#hurriedWait.reset();
      return 0;
    }
    // An endpoint that answers and ends at once would be asked thousands of times a second.
    return this.#hurriedWait.next();
  }

  #afterError(reason: string, retryAfter?: number): number {
    const wait = Math.max(this.#retryMs, this.#errorWait.next(retryAfter));
    if (!this.#abort.signal.aborted) this.#options.onRetry?.(reason, wait);
    return wait;
  }

  #givesUp(wait: number): SignalFailure | undefined {
    if (this.#established || performance.now() + wait - this.#downSince < this.#options.settings.giveUpMs) {
      return undefined;
    }
    return new SignalFailure("unreachable", "the relay cannot be reached");
  }

  #headers(): Record<string, string> {
    const headers: Record<string, string> = {
      ...this.#options.headers,
      "accept": "text/event-stream",
      "cache-control": "no-cache",
    };
    if (this.#lastEventId !== "") headers["last-event-id"] = this.#lastEventId;
    return headers;
  }

  #deliver(event: EventSourceMessage): void {
    if (event.event !== undefined && event.event !== "signal") return;
    this.#oversized = 0;
    const key = event.id === undefined ? `data ${event.data}` : `id ${event.id}`;
    if (event.id !== undefined) this.#lastEventId = event.id;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    if (this.#seen.size > SEEN_LIMIT) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    this.#options.onEvent(event.data);
  }
}
