import { DataFlag } from "./constants.ts";
import { ssnPlus } from "./serial.ts";

interface Message {
  readonly ppid: number;
  readonly data: Uint8Array;
  readonly unordered: boolean;
  readonly urgent: boolean;
  /** Bytes that have a TSN already. */
  sent: number;
}

interface Stream {
  readonly id: number;
  readonly messages: Message[];
  /** Sequence number of the next ordered message. */
  ssn: number;
  /** Bytes without a TSN. */
  bytes: number;
  /** Messages that came after the stream's reset was asked for, and wait for it (RFC 6525, section 5.1.2). */
  afterReset: Message[] | undefined;
}

/** A part of a message that is to become one DATA chunk. Reused by {@link SendQueue.take}. */
export interface Fragment {
  streamId: number;
  ssn: number;
  ppid: number;
  /** {@link DataFlag} BEGIN, END and UNORDERED. */
  flags: number;
  message: Uint8Array;
  offset: number;
  length: number;
}

/**
 * Messages that wait for a TSN, a queue for each stream and the streams by turns. A message that has begun
 * is finished before any other: without interleaving (RFC 8260) its fragments have consecutive TSNs.
 */
export class SendQueue {
  readonly #onwithdrawn: (message: Uint8Array) => void;
  readonly #streams = new Map<number, Stream>();
  /** Streams with messages, the next one first. */
  readonly #turns: Stream[] = [];
  #begun: Stream | undefined;
  #bytes = 0;
  readonly #fragment: Fragment = {
    streamId: 0,
    ssn: 0,
    ppid: 0,
    flags: 0,
    message: new Uint8Array(0),
    offset: 0,
    length: 0,
  };

  constructor(onwithdrawn: (message: Uint8Array) => void = () => {}) {
    this.#onwithdrawn = onwithdrawn;
  }

  /** Bytes without a TSN, over all streams. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Streams on which something waits. */
  get streams(): number {
    return this.#turns.length;
  }

  /** Bytes of one stream without a TSN. */
  buffered(streamId: number): number {
    return this.#streams.get(streamId)?.bytes ?? 0;
  }

  /** @param urgent goes ahead of the stream's messages that are not urgent and have not begun */
  push(streamId: number, ppid: number, data: Uint8Array, unordered: boolean, urgent: boolean): void {
    const stream = this.#stream(streamId);
    const message = { ppid, data, unordered, urgent, sent: 0 };
    stream.bytes += data.byteLength;
    this.#bytes += data.byteLength;
    if (stream.afterReset !== undefined) return void stream.afterReset.push(message);
    if (stream.messages.length === 0) this.#turns.push(stream);
    const before = urgent ? stream.messages.findIndex((other) => !other.urgent && other.sent === 0) : -1;
    if (before < 0) stream.messages.push(message);
    else stream.messages.splice(before, 0, message);
  }

  /** The next fragment of at most `limit` bytes, or undefined; valid until the next call. */
  take(limit: number): Fragment | undefined {
    const stream = this.#begun ?? this.#turns[0];
    if (stream === undefined) return undefined;
    const message = stream.messages[0]!;
    const { data } = message;
    const length = Math.min(limit, data.byteLength - message.sent);
    const ends = message.sent + length === data.byteLength;
    const fragment = this.#fragment;
    fragment.streamId = stream.id;
    fragment.ssn = message.unordered ? 0 : stream.ssn;
    fragment.ppid = message.ppid;
    fragment.flags = (message.sent === 0 ? DataFlag.BEGIN : 0) | (ends ? DataFlag.END : 0) |
      (message.unordered ? DataFlag.UNORDERED : 0);
    fragment.message = data;
    fragment.offset = message.sent;
    fragment.length = length;
    message.sent += length;
    stream.bytes -= length;
    this.#bytes -= length;
    this.#begun = ends ? undefined : stream;
    if (ends) this.#ended(stream, message);
    return fragment;
  }

  /** Bytes of the next fragment if `limit` were its bound; 0 where nothing waits. */
  peek(limit: number): number {
    const message = (this.#begun ?? this.#turns[0])?.messages[0];
    return message === undefined ? 0 : Math.min(limit, message.data.byteLength - message.sent);
  }

  /** Takes back messages of a stream that have not begun and that `unwanted` names; answers their bytes. */
  withdraw(streamId: number, unwanted: (data: Uint8Array) => boolean): number {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return 0;
    let bytes = 0;
    for (let i = stream.messages.length - 1; i >= 0; i--) {
      const { data, sent } = stream.messages[i]!;
      if (sent > 0 || !unwanted(data)) continue;
      stream.messages.splice(i, 1);
      bytes += data.byteLength;
      this.#onwithdrawn(data);
    }
    stream.bytes -= bytes;
    this.#bytes -= bytes;
    if (stream.messages.length === 0) this.#leave(stream);
    return bytes;
  }

  /** Whether nothing of the stream waits, not even the rest of a message. */
  isDrained(streamId: number): boolean {
    return (this.#streams.get(streamId)?.messages.length ?? 0) === 0;
  }

  /** What is pushed from now on belongs behind the reset that is to come. */
  hold(streamId: number): void {
    this.#stream(streamId).afterReset ??= [];
  }

  /** The stream was reset: it begins with sequence number 0 again, and with what came meanwhile. */
  reset(streamId: number): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined || stream === this.#begun) return;
    this.#leave(stream);
    this.#streams.delete(streamId);
    this.#bytes -= stream.bytes;
    for (const { ppid, data, unordered, urgent } of stream.afterReset ?? []) {
      this.push(streamId, ppid, data, unordered, urgent);
    }
  }

  clear(): void {
    this.#streams.clear();
    this.#turns.length = 0;
    this.#begun = undefined;
    this.#bytes = 0;
  }

  #stream(id: number): Stream {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      this.#streams.set(id, stream = { id, messages: [], ssn: 0, bytes: 0, afterReset: undefined });
    }
    return stream;
  }

  #ended(stream: Stream, message: Message): void {
    stream.messages.shift();
    if (!message.unordered) stream.ssn = ssnPlus(stream.ssn, 1);
    this.#leave(stream);
    if (stream.messages.length > 0) this.#turns.push(stream);
  }

  #leave(stream: Stream): void {
    const index = this.#turns.indexOf(stream);
    if (index >= 0) this.#turns.splice(index, 1);
  }
}
