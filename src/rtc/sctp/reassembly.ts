import { DataFlag } from "./constants.ts";
import { ssnDistance, ssnPlus, tsnAfter, tsnPlus } from "./serial.ts";

/** A DATA chunk as it arrived; `payload` shares the packet's memory. */
export interface DataChunk {
  readonly tsn: number;
  readonly streamId: number;
  readonly ssn: number;
  readonly ppid: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** What a kept fragment counts beside its bytes, so that empty ones are not free. */
const FRAGMENT_COST = 128;

interface Stream {
  /** Sequence number of the next message to be delivered. */
  expected: number;
  /** Whole messages that came too early. */
  readonly early: Map<number, { ppid: number; data: Uint8Array; cost: number }>;
}

/**
 * Takes each message once, whole; ordered ones in the order of their stream.
 *
 * @param ssn its sequence number in the stream; 0 for the first after a reset, and for unordered ones
 */
export type Deliver = (streamId: number, ppid: number, data: Uint8Array, ssn: number) => void;

/** Puts messages together from their fragments and in order, within a bound. */
export class Reassembly {
  readonly #fragments = new Map<number, DataChunk>();
  readonly #streams = new Map<number, Stream>();
  readonly #deliver: Deliver;
  #buffered = 0;

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  /** Bytes held, with what holding them costs. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Takes a chunk that has not come before. */
  add(chunk: DataChunk): void {
    const whole = DataFlag.BEGIN | DataFlag.END;
    if ((chunk.flags & whole) === whole) {
      return this.#complete(chunk.streamId, chunk.ssn, chunk.ppid, chunk.flags, chunk.payload.slice());
    }
    this.#fragments.set(chunk.tsn, { ...chunk, payload: chunk.payload.slice() });
    this.#buffered += chunk.payload.byteLength + FRAGMENT_COST;
    this.#join(chunk.tsn);
  }

  /** The peer gives up fragments up to `tsn`, and of each named stream the messages up to a number. */
  skip(tsn: number, streams: readonly { streamId: number; ssn: number }[]): void {
    for (const [at, { payload }] of this.#fragments) {
      if (tsnAfter(at, tsn)) continue;
      this.#fragments.delete(at);
      this.#buffered -= payload.byteLength + FRAGMENT_COST;
    }
    for (const { streamId, ssn } of streams) {
      const stream = this.#stream(streamId);
      if (ssnDistance(ssn, stream.expected) < 0) continue;
      // What came early and is not given up is delivered in its order.
      for (let next = stream.expected; ssnDistance(next, ssn) <= 0; next = ssnPlus(next, 1)) {
        this.#release(streamId, stream, next);
      }
      stream.expected = ssnPlus(ssn, 1);
      this.#drain(streamId, stream);
    }
  }

  /** The peer begins a stream anew. */
  reset(streamId: number): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    for (const { cost } of stream.early.values()) this.#buffered -= cost;
    this.#streams.delete(streamId);
  }

  #stream(id: number): Stream {
    let stream = this.#streams.get(id);
    if (stream === undefined) this.#streams.set(id, stream = { expected: 0, early: new Map() });
    return stream;
  }

  /** Joins the message that the fragment at `tsn` belongs to, if all of it is there. */
  #join(tsn: number): void {
    let first = tsn;
    while ((this.#fragments.get(first)!.flags & DataFlag.BEGIN) === 0) {
      first = tsnPlus(first, -1);
      if (!this.#fragments.has(first)) return;
    }
    let last = tsn;
    while ((this.#fragments.get(last)!.flags & DataFlag.END) === 0) {
      last = tsnPlus(last, 1);
      if (!this.#fragments.has(last)) return;
    }
    const parts: DataChunk[] = [];
    let size = 0;
    for (let at = first; !tsnAfter(at, last); at = tsnPlus(at, 1)) {
      const part = this.#fragments.get(at)!;
      this.#fragments.delete(at);
      this.#buffered -= part.payload.byteLength + FRAGMENT_COST;
      size += part.payload.byteLength;
      parts.push(part);
    }
    const data = new Uint8Array(size);
    let at = 0;
    for (const { payload } of parts) {
      data.set(payload, at);
      at += payload.byteLength;
    }
    const { streamId, ssn, ppid, flags } = parts[0]!;
    this.#complete(streamId, ssn, ppid, flags, data);
  }

  #complete(streamId: number, ssn: number, ppid: number, flags: number, data: Uint8Array): void {
    if (flags & DataFlag.UNORDERED) return this.#deliver(streamId, ppid, data, 0);
    const stream = this.#stream(streamId);
    const ahead = ssnDistance(ssn, stream.expected);
    // One that was given up and comes after all.
    if (ahead < 0) return;
    if (ahead > 0) {
      const cost = data.byteLength + FRAGMENT_COST;
      this.#buffered += cost;
      stream.early.set(ssn, { ppid, data, cost });
      return;
    }
    stream.expected = ssnPlus(ssn, 1);
    this.#deliver(streamId, ppid, data, ssn);
    this.#drain(streamId, stream);
  }

  #drain(streamId: number, stream: Stream): void {
    while (this.#release(streamId, stream, stream.expected)) stream.expected = ssnPlus(stream.expected, 1);
  }

  #release(streamId: number, stream: Stream, ssn: number): boolean {
    const message = stream.early.get(ssn);
    if (message === undefined) return false;
    stream.early.delete(ssn);
    this.#buffered -= message.cost;
    this.#deliver(streamId, message.ppid, message.data, ssn);
    return true;
  }
}
