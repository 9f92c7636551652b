import { createParser, type EventSourceMessage } from "eventsource-parser";
import { failureText } from "./failure_text.ts";

/** The longest line of an event stream, in bytes without its end. */
export const MAX_LINE_BYTES = 262_143;

/** The longest data of one event, in UTF-16 code units. */
export const MAX_EVENT_LENGTH = 1_048_576;

/** Reading one response as an event stream failed. */
export class SseReadError extends Error {
  override readonly name = "SseReadError";

  constructor(readonly type: "silence" | "oversized" | "network", message: string) {
    super(message);
  }
}

export interface SseHandlers {
  onEvent(event: EventSourceMessage): void;
  /** `retry:`, in milliseconds, as sent. */
  onRetry(ms: number): void;
  /** Any bytes, comments too. */
  onActivity(): void;
}

/**
 * Reads `body` as an event stream (HTML standard, section 9.2.6) until it ends.
 *
 * An event that no empty line closes is dropped. Resolves at a clean end.
 *
 * @param silenceMs how long no byte may arrive
 * @throws {SseReadError} on silence, a line or event over the limits, or a cut connection
 */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  handlers: SseHandlers,
  silenceMs: number,
): Promise<void> {
  let oversized = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: (event) => {
      if (event.data.length > MAX_EVENT_LENGTH) oversized = true;
      else handlers.onEvent(event);
    },
    onRetry: (ms) => handlers.onRetry(ms),
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") oversized = true;
    },
  });
  // The decoder drops a leading byte order mark, as the standard wants.
  const decoder = new TextDecoder();
  const lines = new LineLength();
  const reader = body.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silent = false;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent = true;
      reader.cancel().catch(() => {});
    }, silenceMs);
  };
  try {
    for (;;) {
      watch();
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new SseReadError("network", `the event stream was cut: ${failureText(error)}`);
      });
      if (silent) throw new SseReadError("silence", `no byte for ${silenceMs / 1_000} s`);
      if (done) return;
      handlers.onActivity();
      if (lines.longest(value) > MAX_LINE_BYTES) oversized = true;
      if (!oversized) parser.feed(decoder.decode(value, { stream: true }));
      if (oversized) throw new SseReadError("oversized", "a line or an event is too long");
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
  }
}

/** Follows the length of lines over chunks; the parser bounds what it keeps, not a line. */
class LineLength {
  #open = 0;

  /** The longest line that ends in, or reaches to the end of, `chunk`. */
  longest(chunk: Uint8Array): number {
    let longest = 0;
    for (const byte of chunk) {
      if (byte === 10 || byte === 13) {
        this.#open = 0;
      } else if (++this.#open > longest) {
        longest = this.#open;
      }
    }
    return longest;
  }
}
