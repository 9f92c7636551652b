/**
 * One event-stream response (signalling.md 5, 6 and 8). It is pulled: a reader that is slow or dead holds its place
 * in the store and nothing else. Each pull writes whole events, so the end always falls between two.
 */
import type { Log } from "./context.ts";
import type { Message, Place, Store } from "./store.ts";

export interface EventStreamOptions {
  readonly store: Store;
  readonly place: Place;
  /** Milliseconds until the response ends by itself. */
  readonly duration: number;
  /** Milliseconds between two heartbeat comments. */
  readonly heartbeat: number;
  readonly now: () => number;
  readonly log: Log;
  /** Ends the response when the relay stops. */
  readonly closing: AbortSignal;
  /** A message was written. */
  readonly onMessage?: () => void;
  /** Called once, when the response has ended or its client is gone. */
  readonly onEnd: () => void;
}

const encoder = new TextEncoder();

/** The client's wait before it reconnects, in milliseconds. */
const RETRY = encoder.encode("retry: 1500\n\n");
const HEARTBEAT = encoder.encode(": heartbeat\n\n");

/** A message as it stands in the stream; `data` holds no line end. */
export function formatEvent(id: number, data: string): string {
  return `id: ${id}\nevent: signal\ndata: ${data}\n\n`;
}

export function eventStream(options: EventStreamOptions): Response {
  return new Response(new ReadableStream(new SignalStream(options), { highWaterMark: 0 }), {
    headers: {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache",
      "X-Accel-Buffering": "no",
    },
  });
}

class SignalStream implements UnderlyingDefaultSource<Uint8Array> {
  #place: Place;
  #greeted = false;
  #beatDue = false;
  #over = false;
  /** Aborted to make a pull that waits for a message look up. */
  #waiting: AbortController | undefined;
  #stop: () => void = () => {};

  constructor(readonly options: EventStreamOptions) {
    this.#place = options.place;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { duration, heartbeat, closing, onEnd } = this.options;
    const end = () => this.#end(controller);
    const timer = setTimeout(end, duration);
    const beat = setInterval(() => {
      this.#beatDue = true;
      this.#waiting?.abort();
    }, heartbeat);
    this.#stop = () => {
      clearTimeout(timer);
      clearInterval(beat);
      closing.removeEventListener("abort", end);
      onEnd();
    };
    closing.addEventListener("abort", end);
    if (closing.aborted) end();
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (!this.#greeted) {
      this.#greeted = true;
      controller.enqueue(RETRY);
      return;
    }
    while (!this.#over) {
      if (this.#beatDue) {
        this.#beatDue = false;
        controller.enqueue(HEARTBEAT);
        return;
      }
      const next = await this.#next();
      if (this.#over) return;
      if (next === "over") return this.#end(controller);
      if (next === "idle") continue;
      this.#place = { ...this.#place, after: next.id };
      this.options.onMessage?.();
      controller.enqueue(encoder.encode(formatEvent(next.id, next.data)));
      return;
    }
  }

  /** As the store's; one that fails ends the response cleanly, and the client's next request meets its error. */
  async #next(): Promise<Message | "idle" | "over"> {
    this.#waiting = new AbortController();
    try {
      return await this.options.store.next(this.#place, this.options.now(), this.#waiting.signal);
    } catch (error) {
      this.options.log("error", "the store failed under an event stream", { name: (error as Error).name });
      return "over";
    }
  }

  cancel(): void {
    this.#release();
  }

  #end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#release()) controller.close();
  }

  /** Lets go of timers and of the store, once. */
  #release(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#waiting?.abort();
    this.#stop();
    return true;
  }
}
