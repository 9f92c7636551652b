/// <reference lib="dom" />
import {
  decodeFrame,
  encodeFrame,
  encodeHello,
  encodeRangeEnd,
  MAX_CHUNK,
  type RangeReq,
  type ViewerFrame,
} from "../../../src/wire/mod.ts";

/** Bytes that differ at every place, so that one read from elsewhere does not pass. */
export function pattern(length: number, from = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const at = from + i;
    bytes[i] = (at * 31 + (at >>> 8) * 17 + (at >>> 16) * 7) & 0xff;
  }
  return bytes;
}

/** The agent's end of a file channel, doing what a test tells it. */
export class ScriptedAgent {
  /** Every frame of the viewer, in order. */
  readonly frames: ViewerFrame[] = [];
  /** What to do with a request; serves it by default. */
  onRequest: (request: RangeReq) => void = (request) => this.serve(request);

  readonly #channel: RTCDataChannel;
  readonly #size: number;
  #watchers: (() => void)[] = [];

  constructor(channel: RTCDataChannel, size: number) {
    this.#channel = channel;
    this.#size = size;
    channel.onmessage = (event) => {
      const frame = decodeFrame(event.data) as ViewerFrame;
      this.frames.push(frame);
      if (frame.type === "RANGE_REQ") this.onRequest(frame);
      for (const watcher of this.#watchers.splice(0)) watcher();
    };
  }

  get requests(): RangeReq[] {
    return this.frames.filter((frame) => frame.type === "RANGE_REQ");
  }

  get cancelled(): number[] {
    return this.frames.filter((frame) => frame.type === "CANCEL").map((frame) => frame.streamId);
  }

  hello(name = "a.bin", size = BigInt(this.#size)): void {
    this.send(encodeHello(size, name));
  }

  /** Answers with the pattern: `length` bytes of the request, then `status`. */
  serve(request: RangeReq, length = Number(request.rangeLength), status = 0): void {
    const offset = Number(request.offset);
    for (let at = 0; at < length; at += MAX_CHUNK) {
      const size = Math.min(MAX_CHUNK, length - at);
      const last = at + size === Number(request.rangeLength);
      const data = pattern(size, offset + at);
      this.send(encodeFrame({ type: "RANGE_DATA", flags: 0, streamId: request.streamId, last, data }));
    }
    this.send(encodeRangeEnd(request.streamId, status));
  }

  send(message: Uint8Array<ArrayBuffer> | string): void {
    // A viewer that has what it wants may hang up in the middle of an answer.
    if (this.#channel.readyState !== "open") return;
    if (typeof message === "string") this.#channel.send(message);
    else this.#channel.send(message);
  }

  /**
   * Resolves once `condition` holds; looks again at every frame.
   *
   * @throws {Error} with the frames that came, after 30 s: a test that waits for ever says nothing
   */
  async until(condition: () => boolean): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const came = this.frames.map(({ type, streamId }) => `${type} ${streamId}`).join(", ");
      late.reject(new Error(`not so after 30 s: ${condition}; came: ${came}`));
    }, 30_000);
    try {
      while (!condition()) {
        await Promise.race([new Promise<void>((resolve) => this.#watchers.push(resolve)), late.promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** All bytes of a stream. */
export async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}
