import * as v from "valibot";
import { Envelope, type Role } from "./envelope.ts";
import { SignalFailure } from "./errors.ts";
import { EventStream } from "./event_stream.ts";
import { failureText } from "./failure_text.ts";
import { Outbox } from "./outbox.ts";
import { DEFAULT_LINK_SETTINGS, type LinkSettings } from "./settings.ts";

export interface LinkOptions {
  /** The relay's address, without a slash at the end. */
  readonly base: string;
  /** Bearer token of the side's role. */
  readonly token: string;
  readonly sessionId: string;
  readonly role: Role;
  /** Further headers, `User-Agent` for one. */
  readonly headers?: Record<string, string>;
  readonly settings?: Partial<LinkSettings>;
  /** Retries and dropped messages, for a debug log; no addresses, tokens or payloads. */
  readonly log?: (message: string) => void;
}

/**
 * One side of a session's signalling: what the other side says arrives in order and once each, what
 * this side says leaves in order and is retried, over as many requests as that takes.
 *
 * Runs in a browser as on the box.
 */
export class SignalLink {
  /** The other side's messages. Set before {@link start}. */
  onmessage: (envelope: Envelope) => void = () => {};
  /** Signalling is over for good; called at most once. */
  onfailure: (failure: SignalFailure) => void = () => {};

  readonly #options: LinkOptions;
  readonly #settings: LinkSettings;
  readonly #events: EventStream;
  readonly #outbox: Outbox;
  readonly #url: string;
  readonly #headers: Record<string, string>;
  #closed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_LINK_SETTINGS, ...options.settings };
    this.#url = `${options.base}/api/internal/stream/signal/${options.sessionId}`;
    this.#headers = { ...options.headers, authorization: `Bearer ${options.token}` };
    const common = {
      headers: this.#headers,
      settings: this.#settings,
      onFailure: (failure: SignalFailure) => this.#fail(failure),
    };
    this.#events = new EventStream({
      ...common,
      url: `${this.#url}/events`,
      onEvent: (data) => this.#receive(data),
      onRetry: (reason, ms) => options.log?.(`event stream: ${reason}; again in ${Math.round(ms)} ms`),
    });
    this.#outbox = new Outbox({
      ...common,
      url: this.#url,
      onRetry: (reason, ms) => options.log?.(`message: ${reason}; again in ${Math.round(ms)} ms`),
      onDropped: (type, reason) => options.log?.(`message ${type} dropped: ${reason}`),
    });
  }

  /** Opens the event stream. */
  start(): void {
    void this.#events.run();
  }

  /** Queues a message behind those sent before. `payload` is text, `""` where the type has none. */
  send(type: string, payload: string): void {
    this.#outbox.push({ from: this.#options.role, type, payload });
  }

  /** The data channel is open: signalling is optional from now on, and no outage of it is final. */
  established(): void {
    this.#events.established();
    this.#outbox.established();
  }

  /** Resolves when everything sent is stored or given up, after `timeoutMs` at the latest. */
  async drained(timeoutMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      this.#outbox.drained(),
      new Promise((resolve) => timer = setTimeout(resolve, timeoutMs)),
    ]);
    clearTimeout(timer);
  }

  /**
   * Says goodbye past the queue, once and without a retry, and closes the link.
   *
   * @param payload `""`, or JSON text with a reason
   * @param timeoutMs after which the relay is not waited for
   */
  async bye(payload: string, timeoutMs = 1_000): Promise<void> {
    if (this.#closed) return;
    this.close();
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { ...this.#headers, "content-type": "application/json" },
        body: JSON.stringify({ from: this.#options.role, type: "bye", payload }),
        // A page that is being left may still say so.
        keepalive: true,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
    } catch (error) {
      this.#options.log?.(`bye: ${failureText(error)}`);
    }
  }

  /** Stops everything at once; queued messages are dropped. */
  close(): void {
    this.#closed = true;
    this.#events.close();
    this.#outbox.close();
  }

  #receive(data: string): void {
    if (this.#closed) return;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return this.#options.log?.("an event that is not JSON was skipped");
    }
    const envelope = v.safeParse(Envelope, value);
    if (!envelope.success) return this.#options.log?.("an event that is no message was skipped");
    if (envelope.output.from === this.#options.role) return;
    this.onmessage(envelope.output);
  }

  #fail(failure: SignalFailure): void {
    if (this.#closed) return;
    this.close();
    this.onfailure(failure);
  }
}

export { SignalFailure };
