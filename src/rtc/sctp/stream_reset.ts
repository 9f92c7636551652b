import { MAX_RETRANSMISSIONS, ParameterType } from "./constants.ts";
import { type Parameter, readParameters, writeParameters } from "./parameters.ts";
import { tsnAfter, tsnPlus } from "./serial.ts";

/** Results of a request (RFC 6525, section 4.4). */
const Result = { NOTHING_TO_DO: 0, PERFORMED: 1, DENIED: 2, WRONG_SSN: 3, IN_PROGRESS: 6 } as const;

/** When to look again whether all on a stream is sent, in ms. */
const LOOK_AGAIN = 20;

/** Streams named in one request, so that it fits a packet. */
const MAX_STREAMS = 128;

export interface ResetEvents {
  /** The peer has reset its side of these streams; everything it sent before has arrived. */
  incoming(streams: readonly number[]): void;
  /** The peer has taken note that this side's are reset. */
  outgoing(streams: readonly number[]): void;
}

interface Request {
  readonly sequence: number;
  readonly streams: readonly number[];
  /** The last TSN that was assigned when the streams were drained. */
  readonly lastTsn: number;
}

/** Closing of data channels by stream reset (RFC 6525, RFC 8831 section 6.7). */
export class StreamReset {
  readonly #events: ResetEvents;
  readonly #waiting = new Set<number>();
  #nextSequence: number;
  #request: Request | undefined;
  /** The peer's next request number, its last answer, and one that waits for data. */
  #expected: number;
  #lastResult = 0;
  #dueAt: number | undefined;
  #tries = 0;
  #deferred: { lastTsn: number; streams: number[] } | undefined;
  /** What waited for data and was then performed; the peer may ask for it under another number. */
  #performed: { lastTsn: number; streams: number[] } | undefined;

  /** Both sides count their requests from their initial TSN. */
  constructor(ownInitialTsn: number, peerInitialTsn: number, events: ResetEvents) {
    this.#nextSequence = ownInitialTsn;
    this.#expected = peerInitialTsn;
    this.#events = events;
  }

  /** When {@link write} has something to do; undefined where nothing is asked for. */
  get nextTimeout(): number | undefined {
    return this.#dueAt;
  }

  /** Asks for an outgoing stream to be reset, once everything on it has been sent. */
  add(streamId: number, now: number): void {
    this.#waiting.add(streamId);
    this.#dueAt ??= now;
  }

  /**
   * The value of a RE-CONFIG chunk with the request to send, or undefined where none is due.
   *
   * @param lastTsn the last that this side has assigned
   * @param timeout until it is repeated, in ms
   */
  write(
    lastTsn: number,
    isDrained: (streamId: number) => boolean,
    timeout: number,
    now: number,
  ): Uint8Array<ArrayBuffer> | undefined {
    if (this.#dueAt === undefined || now < this.#dueAt) return undefined;
    if (this.#request === undefined && !this.#next(lastTsn, isDrained)) {
      // Nothing is asked for any more, or what is has data before it: look again when that may have gone.
      this.#dueAt = this.#waiting.size > 0 ? now + LOOK_AGAIN : undefined;
      return undefined;
    }
    this.#dueAt = ++this.#tries > MAX_RETRANSMISSIONS ? undefined : now + timeout;
    return this.#write(this.#request!);
  }

  #next(lastTsn: number, isDrained: (streamId: number) => boolean): boolean {
    const streams = [...this.#waiting].filter(isDrained).slice(0, MAX_STREAMS);
    this.#tries = 0;
    if (streams.length === 0) return false;
    for (const id of streams) this.#waiting.delete(id);
    this.#ask(streams, lastTsn);
    return true;
  }

  #ask(streams: readonly number[], lastTsn: number): void {
    this.#request = { sequence: this.#nextSequence, streams, lastTsn };
    this.#nextSequence = tsnPlus(this.#nextSequence, 1);
  }

  #write({ sequence, streams, lastTsn }: Request): Uint8Array<ArrayBuffer> {
    const value = new Uint8Array(12 + 2 * streams.length);
    const view = new DataView(value.buffer);
    view.setUint32(0, sequence);
    view.setUint32(4, tsnPlus(this.#expected, -1));
    view.setUint32(8, lastTsn);
    for (const [i, id] of streams.entries()) view.setUint16(12 + 2 * i, id);
    return writeParameters([{ type: ParameterType.OUTGOING_SSN_RESET, value }]);
  }

  /**
   * Takes a RE-CONFIG chunk's value.
   *
   * @param cumulativeTsn of the peer, for requests that wait for data
   * @returns the value of the chunk that answers, or undefined where nothing is to be said
   */
  receive(value: Uint8Array, cumulativeTsn: number): Uint8Array<ArrayBuffer> | undefined {
    const answers: Parameter[] = [];
    for (const parameter of readParameters(value) ?? []) {
      if (parameter.type === ParameterType.RECONFIG_RESPONSE) this.#answered(parameter.value);
      else answers.push(...this.#asked(parameter, cumulativeTsn));
    }
    return answers.length === 0 ? undefined : writeParameters(answers);
  }

  /** The peer's cumulative TSN has moved; a request that waited for it may be due. */
  advanced(cumulativeTsn: number): void {
    const deferred = this.#deferred;
    if (deferred === undefined || tsnAfter(deferred.lastTsn, cumulativeTsn)) return;
    this.#deferred = undefined;
    this.#performed = deferred;
    // The peer repeats its request and then hears that it was performed.
    this.#lastResult = Result.PERFORMED;
    this.#events.incoming(deferred.streams);
  }

  #answered(value: Uint8Array): void {
    if (value.byteLength < 8 || this.#request === undefined) return;
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    if (view.getUint32(0) !== this.#request.sequence) return;
    const { streams, lastTsn } = this.#request;
    // dcSCTP takes a repeated number for done and never resets: the same is asked under the next one.
    if (view.getUint32(4) === Result.IN_PROGRESS) return this.#ask(streams, lastTsn);
    this.#request = undefined;
    this.#tries = 0;
    this.#dueAt = this.#waiting.size === 0 ? undefined : -Infinity;
    this.#events.outgoing(streams);
  }

  #asked({ type, value }: Parameter, cumulativeTsn: number): Parameter[] {
    if (value.byteLength < 4) return [];
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const sequence = view.getUint32(0);
    if (sequence === tsnPlus(this.#expected, -1)) return [answer(sequence, this.#lastResult)];
    if (sequence !== this.#expected) return [];
    this.#expected = tsnPlus(this.#expected, 1);
    this.#lastResult = this.#perform(type, value, view, cumulativeTsn);
    return [answer(sequence, this.#lastResult)];
  }

  #perform(
    type: number,
    value: Uint8Array,
    view: DataView,
    cumulativeTsn: number,
  ): number {
    if (type !== ParameterType.OUTGOING_SSN_RESET || value.byteLength < 12) return Result.DENIED;
    const lastTsn = view.getUint32(8);
    const streams: number[] = [];
    for (let at = 12; at + 2 <= value.byteLength; at += 2) streams.push(view.getUint16(at));
    const performed = this.#performed;
    this.#performed = undefined;
    if (performed?.lastTsn === lastTsn && performed.streams.join() === streams.join()) {
      return Result.PERFORMED;
    }
    if (tsnAfter(lastTsn, cumulativeTsn)) {
      this.#deferred = { lastTsn, streams };
      return Result.IN_PROGRESS;
    }
    this.#events.incoming(streams);
    return Result.PERFORMED;
  }
}

function answer(sequence: number, result: number): Parameter {
  const value = new Uint8Array(8);
  const view = new DataView(value.buffer);
  view.setUint32(0, sequence);
  view.setUint32(4, result);
  return { type: ParameterType.RECONFIG_RESPONSE, value };
}
