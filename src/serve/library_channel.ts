import * as v from "valibot";
import type { ByteChannel } from "../rtc/byte_channel.ts";
import { Ask, type ErrorAnswer, MAX_ASK_LENGTH } from "../signal/library_api.ts";
import type { Library } from "./library.ts";
import { decodeFrame, encodeBare, HEADER_SIZE } from "../wire/mod.ts";
import { ShareError } from "./share.ts";

/** Asks that may wait behind the one being answered. */
const MAX_ASKS = 16;

/** Answers that may wait for a viewer who does not take them, in bytes: for the next one, and for any. */
const ANSWERS_MARK = 256 * 1_024;
const MAX_UNREAD = 1_024 * 1_024;

export interface LibraryChannelEvents {
  /** The viewer asked something. */
  frame(): void;
  /** A message that is no ask; counted like a malformed frame. */
  malformed(kind: string, size: number): void;
}

/** Answers a viewer's asks one after the other. */
export class LibraryChannel {
  readonly #channel: ByteChannel;
  readonly #library: Library;
  readonly #events: LibraryChannelEvents;
  readonly #stop = new AbortController();
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(channel: ByteChannel, library: Library, events: LibraryChannelEvents) {
    this.#channel = channel;
    this.#library = library;
    this.#events = events;
    channel.onmessage = (message) => this.#receive(message);
  }

  stop(): void {
    this.#stop.abort();
    this.#library.forget();
  }

  #receive(message: Uint8Array | string): void {
    if (this.#stop.signal.aborted) return;
    const ping = pingOf(message);
    if (ping !== undefined) return this.#pong(ping);
    // The bound first: what is larger is not even decoded.
    const text = message.length > MAX_ASK_LENGTH
      ? ""
      : typeof message === "string"
      ? message
      : new TextDecoder().decode(message);
    const value = parseJson(text);
    const ask = v.safeParse(Ask, value);
    if (!ask.success) {
      const id = (value as { id?: unknown } | undefined | null)?.id;
      if (typeof id !== "number") this.#events.malformed("not-an-ask", message.length);
      return this.#answer({
        id: typeof id === "number" ? id : null,
        error: "this is not something the library can be asked",
        code: "bad-request",
      });
    }
    this.#events.frame();
    if (this.#waiting >= MAX_ASKS) {
      return this.#answer({ id: ask.output.id, error: "too many questions at once", code: "busy" });
    }
    this.#waiting++;
    this.#tail = this.#tail.then(() => this.#respond(ask.output)).finally(() => this.#waiting--);
  }

  /** A viewer of the library that asks nothing is there all the same. */
  #pong(streamId: number): void {
    this.#events.frame();
    // One who sends PINGs and takes no answers is not to fill the buffer.
    if (this.#channel.bufferedAmount > ANSWERS_MARK) return;
    try {
      this.#channel.send(encodeBare("PONG", streamId), true);
    } catch {
      // The channel is gone, and with it whoever asked.
    }
  }

  async #respond(ask: Ask): Promise<void> {
    await this.#channel.whenBelow(ANSWERS_MARK, this.#stop.signal);
    if (this.#stop.signal.aborted) return;
    try {
      const answer = ask.op === "list"
        ? await this.#library.list(ask.path, ask.cursor ?? null)
        : await this.#library.search(ask.query, ask.limit ?? 50, this.#stop.signal);
      this.#answer({ id: ask.id, ...answer });
    } catch (error) {
      const refusal: ErrorAnswer = error instanceof ShareError
        ? { id: ask.id, error: error.message, code: error.reason }
        : { id: ask.id, error: "the library could not be read", code: "internal" };
      this.#answer(refusal);
    }
  }

  #answer(answer: object): void {
    if (this.#stop.signal.aborted) return;
    if (this.#channel.bufferedAmount > MAX_UNREAD) {
      this.stop();
      return this.#channel.close();
    }
    try {
      this.#channel.sendText(JSON.stringify(answer));
    } catch {
      // The channel is gone, and with it whoever asked.
    }
  }
}

/** The id of a PING frame (wire.md, section 3), which is binary where an ask is text. */
function pingOf(message: Uint8Array | string): number | undefined {
  if (typeof message === "string" || message.length !== HEADER_SIZE) return undefined;
  try {
    const frame = decodeFrame(message);
    return frame.type === "PING" ? frame.streamId : undefined;
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
