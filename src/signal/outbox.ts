import { Backoff, delay, retryAfterMs } from "./backoff.ts";
import type { OutgoingEnvelope } from "./envelope.ts";
import { finalFailure, type SignalFailure } from "./errors.ts";
import { failureText } from "./failure_text.ts";
import type { LinkSettings } from "./settings.ts";

/** A side sends an answer, its candidates and little more. */
const MAX_QUEUED = 256;

export interface OutboxOptions {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly settings: LinkSettings;
  /** For good; the queue is dropped. */
  onFailure(failure: SignalFailure): void;
  onRetry?(reason: string, waitMs: number): void;
  /** A message was given up: the relay refused it, or it is too late for it. */
  onDropped?(type: string, reason: string): void;
}

/** The messages of one side of a session, POSTed strictly in order, each until it is stored. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: OutgoingEnvelope[] = [];
  readonly #abort = new AbortController();
  /** What no other outbox begins its keys with. */
  readonly #name = [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join("");
  #pushed = 0;
  #established = false;
  #running: Promise<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  established(): void {
    this.#established = true;
  }

  /** Queues a message; one over the bound is dropped. */
  push(message: OutgoingEnvelope): void {
    if (this.#abort.signal.aborted) return;
    if (this.#queue.length >= MAX_QUEUED) return this.#options.onDropped?.(message.type, "the queue is full");
    this.#queue.push({ ...message, idempotencyKey: `${this.#name}-${this.#pushed += 1}` });
    this.#running ??= this.#run().finally(() => this.#running = undefined);
  }

  /** Resolves when nothing is queued any more, or the outbox is closed. */
  async drained(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  close(): void {
    this.#queue.length = 0;
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const signal = this.#abort.signal;
    while (!signal.aborted) {
      const message = this.#queue[0];
      if (message === undefined) return;
      await this.#deliver(message);
      this.#queue.shift();
    }
  }

  /** Tries until stored, refused, too late or closed. */
  async #deliver(message: OutgoingEnvelope): Promise<void> {
    const signal = this.#abort.signal;
    const wait = new Backoff(this.#options.settings.error);
    const began = performance.now();
    while (!signal.aborted) {
      const result = await this.#post(message);
      if (signal.aborted || result === "stored") return;
      if (result === "refused") return;
      const ms = wait.next(result.retryAfter);
      if (this.#established && performance.now() + ms - began > this.#options.settings.lateMessageMs) {
        return this.#options.onDropped?.(message.type, "the relay could not be reached in time");
      }
      this.#options.onRetry?.(result.reason, ms);
      await delay(ms, signal);
    }
  }

  async #post(
    message: OutgoingEnvelope,
  ): Promise<"stored" | "refused" | { reason: string; retryAfter?: number }> {
    try {
      const response = await fetch(this.#options.url, {
        method: "POST",
        headers: { ...this.#options.headers, "content-type": "application/json" },
        body: JSON.stringify(message),
        signal: AbortSignal.any([
          this.#abort.signal,
          AbortSignal.timeout(this.#options.settings.postTimeoutMs),
        ]),
      });
      await response.body?.cancel().catch(() => {});
      if (response.status < 400) return "stored";
      const failure = finalFailure(response.status);
      if (failure !== undefined) {
        this.close();
        this.#options.onFailure(failure);
        return "refused";
      }
      if (response.status < 500 && response.status !== 408 && response.status !== 429) {
        this.#options.onDropped?.(message.type, `the relay answered ${response.status}`);
        return "refused";
      }
      const retryAfter = retryAfterMs(response);
      return {
        reason: `status ${response.status}`,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      };
    } catch (error) {
      return { reason: failureText(error) };
    }
  }
}
