import { Status } from "../../wire/mod.ts";
import { concat } from "./concat.ts";
import { aborted, PlayerError } from "./errors.ts";
import { rangeError } from "./range_error.ts";
import type { RangeSink } from "./range_channel.ts";

/** Sends one request for a part of the file and returns what cancels it. */
export type RequestRange = (offset: bigint, length: bigint, sink: RangeSink) => () => void;

/** Sizes in bytes, times in milliseconds. */
export interface ReadSettings {
  /** The first request of a read. Small, as most reads of a player are abandoned by the next seek. */
  readonly firstPart: number;
  /** Parts double up to this. */
  readonly maxPart: number;
  /** Bytes asked for and not yet taken by the reader: the memory one read may need. */
  readonly window: number;
  /** Requests in progress, so that the next is there when one ends and the line never idles. */
  readonly inFlight: number;
  /** Chunks that have piled up are handed over together, up to this. */
  readonly batch: number;
  /** Pauses before a part that was answered BUSY is asked for again. */
  readonly busyPauses: readonly number[];
}

export const DEFAULT_READ_SETTINGS: ReadSettings = {
  firstPart: 262_144,
  maxPart: 4_194_304,
  window: 12_582_912,
  inFlight: 2,
  batch: 262_144,
  busyPauses: [250, 500, 1_000, 2_000, 4_000],
};

interface Part {
  readonly offset: number;
  readonly length: number;
  received: number;
  readonly chunks: Uint8Array<ArrayBuffer>[];
  /** Every byte is here, or a failure is. */
  ended: boolean;
  failure?: PlayerError;
  attempts: number;
  cancel: () => void;
}

/**
 * A long read as a sequence of bounded requests.
 *
 * The protocol has no flow control for a single response: what was asked for is sent. So the reader
 * asks for no more than it is willing to hold, and asks on as its consumer takes.
 */
export class RangeReader implements UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  readonly #request: RequestRange;
  readonly #settings: ReadSettings;
  readonly #window: () => number;
  /** In file order; the first is the one being handed over. */
  readonly #parts: Part[] = [];
  readonly #sizeKnown: boolean;
  #next: number;
  #end: number;
  #taken: number;
  #partSize: number;
  #wake: () => void = () => {};
  #stopped = false;

  /**
   * @param end exclusive
   * @param window in place of the settings': it may change while it reads
   * @param sizeKnown false where the end is a guess and the file's end shows by a short answer
   */
  constructor(
    request: RequestRange,
    offset: number,
    end: number,
    sizeKnown = true,
    window?: () => number,
    settings: ReadSettings = DEFAULT_READ_SETTINGS,
  ) {
    this.#request = request;
    this.#settings = settings;
    this.#window = window ?? (() => settings.window);
    this.#sizeKnown = sizeKnown;
    this.#next = this.#taken = offset;
    this.#end = end;
    this.#partSize = settings.firstPart;
  }

  /** Nothing more will be asked for. */
  get stopped(): boolean {
    return this.#stopped;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> {
    while (!this.#stopped) {
      this.#ask();
      const head = this.#parts[0];
      if (!head) return controller.close();
      if (head.chunks.length > 0) {
        const bytes = take(head.chunks, this.#settings.batch);
        this.#taken += bytes.byteLength;
        controller.enqueue(bytes);
        if (this.#taken >= this.#end) {
          this.#stop();
          controller.close();
        }
        return;
      }
      if (head.failure) {
        this.#stop();
        throw head.failure;
      }
      if (head.ended) this.#parts.shift();
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  cancel(): void {
    this.#stop();
  }

  /** Stops all requests; a waiting `pull` returns without having handed over anything. */
  #stop(): void {
    this.#stopped = true;
    for (const part of this.#parts.splice(0)) part.cancel();
    this.#wake();
  }

  /** Asks for further parts as far as the window and the number in flight allow. */
  #ask(): void {
    while (this.#next < this.#end) {
      const window = this.#window();
      // Parts that fill the window leave the line idle until the last of them is taken.
      const length = Math.min(this.#partSize, Math.floor(window / 3), this.#end - this.#next);
      const open = this.#parts.filter((part) => !part.ended);
      if (open.length >= this.#settings.inFlight) return;
      // The box sends all that is asked for side by side, and what comes first in the file is wanted first.
      if (open.some((part) => part.received < part.length / 2)) return;
      if (this.#next + length - this.#taken > window) return;
      // A failed part ends the stream, so what lies behind it is not needed.
      if (this.#parts.some((part) => part.failure)) return;
      const part: Part = {
        offset: this.#next,
        length,
        received: 0,
        chunks: [],
        ended: false,
        attempts: 0,
        cancel: () => {},
      };
      this.#parts.push(part);
      this.#next += length;
      this.#partSize = Math.min(this.#partSize * 2, this.#settings.maxPart);
      this.#send(part);
    }
  }

  #send(part: Part): void {
    const offset = BigInt(part.offset + part.received);
    part.cancel = this.#request(offset, BigInt(part.length - part.received), {
      data: (chunk) => this.#receive(part, chunk),
      end: (status) => this.#ended(part, status),
      fail: (error) => this.#settle(part, error),
    });
  }

  #receive(part: Part, chunk: Uint8Array<ArrayBuffer>): void {
    if (part.ended) return;
    if (part.received + chunk.byteLength > part.length) {
      part.cancel();
      return this.#settle(part, new PlayerError("protocol", "The box sent more than it was asked for."));
    }
    part.received += chunk.byteLength;
    part.chunks.push(chunk);
    if (!this.#stopped && part === this.#parts.at(-1)) this.#ask();
    this.#wake();
  }

  #ended(part: Part, status: number): void {
    const complete = part.received === part.length;
    if (status === Status.OK && complete) return this.#settle(part);
    if (status === Status.BUSY) {
      const pause = this.#settings.busyPauses[part.attempts++];
      if (pause !== undefined) {
        const timer = setTimeout(() => this.#send(part), pause);
        part.cancel = () => clearTimeout(timer);
        return;
      }
    }
    if (!this.#sizeKnown && (status === Status.OK || status === Status.OUT_OF_RANGE)) {
      this.#end = Math.min(this.#end, part.offset + part.received);
      return this.#settle(part);
    }
    this.#settle(part, rangeError(status));
  }

  #settle(part: Part, failure?: PlayerError): void {
    part.ended = true;
    part.cancel = () => {};
    if (failure) part.failure = failure;
    // The next request leaves when one ends, not when the consumer comes by again.
    else if (!this.#stopped && this.#parts.includes(part)) this.#ask();
    this.#wake();
  }
}

/** A range's stream; nothing is asked for before the first read. An aborted `signal` errors it at once. */
export function rangeStream(
  reader: RangeReader,
  signal?: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let stop = () => {};
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      if (!signal) return;
      const abort = () => {
        reader.cancel();
        controller.error(aborted(signal));
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      stop = () => signal.removeEventListener("abort", abort);
    },
    async pull(controller) {
      try {
        await reader.pull(controller);
      } finally {
        if (reader.stopped) stop();
      }
    },
    cancel() {
      stop();
      reader.cancel();
    },
  }, { highWaterMark: 0 });
}

/** Removes up to `limit` bytes of whole chunks, at least one chunk. */
function take(chunks: Uint8Array<ArrayBuffer>[], limit: number): Uint8Array<ArrayBuffer> {
  let count = 1;
  let size = chunks[0]!.byteLength;
  while (count < chunks.length && size + chunks[count]!.byteLength <= limit) {
    size += chunks[count++]!.byteLength;
  }
  return concat(chunks.splice(0, count), size);
}
