import type { ByteChannel } from "../rtc/byte_channel.ts";
import {
  allocateRangeData,
  decodeFrame,
  encodeBare,
  encodeHello,
  encodeRangeEnd,
  type Frame,
  FrameType,
  HEADER_SIZE,
  isRangeData,
  isViewerFrame,
  MAX_CHUNK,
  Status,
  WireError,
} from "../wire/mod.ts";
import { ControlQueue } from "./control_queue.ts";
import type { RangeReader, RangeStream } from "./range_reader.ts";
import { type Response, Responses } from "./responses.ts";

/** Once the channel's buffer has reached its mark, it is filled again from this share of it. */
const REFILL = 0.5;

/** The buffer must fall within this time while it is over the mark, in milliseconds. */
const STALL_MS = 30_000;

/** What happens on the channel that concerns the session. */
export interface PumpEvents {
  /** A frame of the viewer arrived. */
  frame(): void;
  /** A message was no frame, or none that a viewer may send; `counted` towards the session's limit. */
  malformed(kind: string, size: number, counted: boolean): void;
  duplicate(streamId: number): void;
  /** Nothing has left the buffer for {@link STALL_MS}. */
  stalled(): void;
  /** The viewer asks more than it reads. */
  overloaded(): void;
  /** A send failed although the channel is open; what was to be sent is lost, and so is the order. */
  broken(): void;
  /** Responses in progress or waiting. */
  load(responses: number): void;
  /** A response ended; `status` is null when it was cancelled. */
  range(response: Response, status: number | null, sent: number): void;
}

export interface PumpOptions {
  readonly channel: ByteChannel;
  readonly reader: RangeReader;
  /** Base name and bytes, for HELLO. */
  readonly name: string;
  readonly size: number;
  readonly events: PumpEvents;
  readonly stallMs?: number;
  /** Milliseconds; only differences count. */
  readonly now?: () => number;
}

interface Sending {
  readonly stream: RangeStream;
  sent: number;
}

/**
 * Serves one file on one channel: HELLO first, then whatever ranges the viewer asks for, chunk by chunk
 * in turn, never more buffered than the channel's mark and a chunk.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #channel: ByteChannel;
  readonly #now: () => number;
  readonly #responses: Responses;
  readonly #sending = new Map<number, Sending>();
  readonly #control: ControlQueue;
  readonly #stop = new AbortController();
  readonly #memory = (size: number) => this.#channel.allocate(size);
  #wake: () => void = () => {};
  #awake = false;
  #paused = false;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#channel = options.channel;
    this.#now = options.now ?? (() => performance.now());
    this.#responses = new Responses(options.size);
    this.#control = new ControlQueue(options.channel, () => options.events.overloaded());
    // Before HELLO: a request sent right at it must find someone listening.
    this.#channel.onmessage = (message) => this.#receive(message);
  }

  /** Sends HELLO and begins to serve. */
  start(): void {
    this.#send(encodeHello(BigInt(this.#options.size), this.#options.name));
    void this.#run();
  }

  /** Sends nothing new until {@link resume}; requests are still taken. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#ready();
  }

  /** Ends everything at the next chunk; nothing more is sent, no RANGE_END either. */
  stop(): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    clearTimeout(this.#expiry);
    this.#responses.clear();
    for (const { stream } of this.#sending.values()) stream.cancel();
    this.#sending.clear();
    this.#options.events.load(0);
    this.#ready();
  }

  #receive(message: Uint8Array | string): void {
    if (this.#stop.signal.aborted) return;
    const { events } = this.#options;
    let frame: Frame;
    try {
      frame = decodeFrame(message);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (error.kind === "bad-payload" && error.frameType === FrameType.RANGE_REQ) {
        // Without a reply the viewer would wait for ever.
        this.#cancel(error.streamId!);
        this.#end(error.streamId!, Status.BAD_REQUEST);
      }
      return events.malformed(error.kind, error.size, error.kind !== "unknown-type");
    }
    if (!isViewerFrame(frame)) return events.malformed("not-for-agent", message.length, false);
    events.frame();
    switch (frame.type) {
      case "RANGE_REQ":
        return this.#request(frame.streamId, frame.offset, frame.rangeLength);
      case "CANCEL":
        return this.#cancel(frame.streamId);
      case "PING":
        return this.#control.pong(encodeBare("PONG", frame.streamId));
    }
  }

  #request(streamId: number, offset: bigint, length: bigint): void {
    const outcome = this.#responses.request(streamId, offset, length, this.#now());
    switch (outcome.type) {
      case "started":
        this.#begin(outcome.response);
        break;
      case "waiting":
        this.#armExpiry();
        break;
      case "busy":
        this.#end(streamId, Status.BUSY);
        break;
      case "out-of-range":
        this.#end(streamId, Status.OUT_OF_RANGE);
        break;
      case "duplicate":
        this.#drop(outcome.stopped, Status.BAD_REQUEST);
        this.#end(streamId, Status.BAD_REQUEST);
        this.#options.events.duplicate(streamId);
        this.#fillSlots();
    }
    this.#reportLoad();
  }

  #begin(response: Response): void {
    const stream = this.#options.reader.stream(response.offset, response.want, () => this.#ready());
    this.#sending.set(response.streamId, { stream, sent: 0 });
  }

  #cancel(streamId: number): void {
    const response = this.#responses.cancel(streamId);
    if (response === undefined) return;
    // What is queued and has not begun would only delay whatever is asked next.
    this.#channel.withdraw((message) => isRangeData(message, streamId));
    this.#drop(response, null);
    this.#fillSlots();
    this.#reportLoad();
  }

  #drop(response: Response, status: number | null): void {
    const sending = this.#sending.get(response.streamId);
    this.#sending.delete(response.streamId);
    sending?.stream.cancel();
    this.#options.events.range(response, status, sending?.sent ?? 0);
  }

  #fillSlots(): void {
    for (let next = this.#responses.promote(); next !== undefined; next = this.#responses.promote()) {
      this.#begin(next);
    }
    this.#armExpiry();
  }

  #armExpiry(): void {
    clearTimeout(this.#expiry);
    const deadline = this.#responses.deadline;
    if (deadline === undefined || this.#stop.signal.aborted) return;
    this.#expiry = setTimeout(() => {
      for (const late of this.#responses.expire(this.#now())) {
        this.#end(late.streamId, Status.BUSY);
        this.#options.events.range(late, Status.BUSY, 0);
      }
      this.#armExpiry();
      this.#reportLoad();
    }, Math.max(0, deadline - this.#now()) + 1);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (this.#paused) {
        await this.#sleep();
        continue;
      }
      this.#control.flush();
      if (this.#channel.bufferedAmount >= this.#channel.sendMark) {
        await this.#room();
        continue;
      }
      const response = this.#responses.turn((candidate) => this.#canAdvance(candidate));
      if (response === undefined) await this.#sleep();
      else this.#advance(response);
    }
  }

  #canAdvance(response: Response): boolean {
    const sending = this.#sending.get(response.streamId)!;
    return sending.stream.available > 0 || sending.stream.error !== undefined;
  }

  /** One chunk of a response, or its end. */
  #advance(response: Response): void {
    const sending = this.#sending.get(response.streamId)!;
    const { stream } = sending;
    if (stream.available > 0) {
      const length = Math.min(MAX_CHUNK, stream.available);
      const last = sending.sent + length === response.want;
      const message = allocateRangeData(response.streamId, length, last, this.#memory);
      stream.copy(message, HEADER_SIZE, length);
      sending.sent += length;
      this.#send(message);
      if (!last) return;
      this.#finish(response, Status.OK);
    } else {
      this.#finish(response, Status.READ_ERROR);
    }
  }

  #finish(response: Response, status: number): void {
    if (this.#stop.signal.aborted) return;
    this.#end(response.streamId, status);
    this.#responses.cancel(response.streamId);
    this.#drop(response, status);
    this.#fillSlots();
    this.#reportLoad();
  }

  #end(streamId: number, status: number): void {
    this.#control.end(encodeRangeEnd(streamId, status));
    this.#ready();
  }

  #send(message: Uint8Array<ArrayBuffer>): void {
    try {
      this.#channel.send(message);
    } catch {
      const lives = !this.#channel.closed && !this.#stop.signal.aborted;
      this.stop();
      if (lives) this.#options.events.broken();
    }
  }

  /** Waits for room, and watches that the buffer falls at all. */
  async #room(): Promise<void> {
    const { events, stallMs = STALL_MS } = this.#options;
    let lowest = this.#channel.bufferedAmount;
    const watch = setInterval(() => {
      const amount = this.#channel.bufferedAmount;
      if (amount >= lowest && !this.#paused) events.stalled();
      lowest = Math.min(lowest, amount);
    }, stallMs);
    try {
      await this.#channel.whenBelow(this.#channel.sendMark * REFILL, this.#stop.signal);
    } finally {
      clearInterval(watch);
    }
  }

  #ready(): void {
    this.#awake = true;
    this.#wake();
  }

  async #sleep(): Promise<void> {
    if (!this.#awake) await new Promise<void>((resolve) => this.#wake = resolve);
    this.#wake = () => {};
    this.#awake = false;
  }

  #reportLoad(): void {
    this.#options.events.load(this.#responses.active.length + this.#responses.waiting);
  }
}
