/// <reference lib="dom" />
import {
  decodeFrame,
  encodeBare,
  encodeRangeReq,
  type Frame,
  type Hello,
  isAgentFrame,
  Status,
  WireError,
} from "../../wire/mod.ts";
import { type ChannelDetails, channelDetails } from "./connection_details.ts";
import { PlayerError } from "./errors.ts";
import { MessageMemory } from "./message_memory.ts";
import type { RangeSink } from "./range_channel.ts";

/** The agent answers four requests of a channel at a time; more would only wait there. */
export const MAX_IN_FLIGHT = 4;

/** Malformed messages after which the channel is given up. */
const MAX_MALFORMED = 64;

/** A film that is paused sends nothing, and must not be taken for an abandoned one. */
const PING_INTERVAL_MS = 30_000;

/** An agent that does not know the channel's label stays silent for ever. */
const HELLO_TIMEOUT_MS = 20_000;

export interface FileChannelOptions {
  /** Told the number of file bytes in each message that arrives. */
  readonly onBytes?: (count: number) => void;
  /** The session's own channel: how it opens and why it closes is told by the session. */
  readonly carriesSession?: boolean;
  /** Between two PINGs, in milliseconds. */
  readonly pingIntervalMs?: number;
}

/** Of all channels of this thread. */
const messages = new MessageMemory();

interface Request {
  readonly offset: bigint;
  readonly length: bigint;
  readonly sink: RangeSink;
}

/** One file's data channel, seen from the viewer: HELLO, then ranges by request. */
export class FileChannel {
  /** The file's size and name. Rejects when the file is not served or the channel fails. */
  readonly hello: Promise<Hello>;
  /** Resolves when the channel is gone, with the reason. */
  readonly closed: Promise<PlayerError>;
  /** Malformed messages so far. */
  malformed = 0;

  readonly #channel: RTCDataChannel;
  readonly #onBytes: (count: number) => void;
  readonly #pingIntervalMs: number;
  readonly #inFlight = new Map<number, Request>();
  readonly #waiting: Request[] = [];
  #nextId = 1;
  #greeted = false;
  #failure: PlayerError | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #helloTimer: ReturnType<typeof setTimeout> | undefined;
  #greet!: (hello: Hello) => void;
  #refuse!: (error: PlayerError) => void;
  #close!: (error: PlayerError) => void;

  constructor(channel: RTCDataChannel, options: FileChannelOptions = {}) {
    this.#channel = channel;
    this.#onBytes = options.onBytes ?? (() => {});
    this.#pingIntervalMs = options.pingIntervalMs ?? PING_INTERVAL_MS;
    this.hello = new Promise((resolve, reject) => {
      this.#greet = resolve;
      this.#refuse = reject;
    });
    // Whoever waits sees the rejection; without a waiter it is not an unhandled one.
    this.hello.catch(() => {});
    this.closed = new Promise((resolve) => this.#close = resolve);
    channel.binaryType = "arraybuffer";
    channel.onmessage = (event) => this.#receive(event.data);
    // HELLO may overtake the channel's own opening; what was asked for until then leaves now.
    channel.addEventListener("open", () => this.#advance(), { once: true });
    if (options.carriesSession) {
      channel.addEventListener("open", () => this.#awaitHello(), { once: true });
    } else {
      channel.onclose = () => this.#closedByOther();
      this.#awaitHello();
    }
  }

  /** What is told of it. */
  get details(): ChannelDetails {
    return channelDetails(this.#channel);
  }

  /** Whether bytes have been asked for and are to come. */
  get expects(): boolean {
    return this.#inFlight.size > 0;
  }

  /**
   * Asks for `length` bytes (0: to the end) at `offset`. Waits here while {@link MAX_IN_FLIGHT} others are
   * in progress.
   *
   * @returns a function that cancels the request; the sink hears nothing after it
   */
  request(offset: bigint, length: bigint, sink: RangeSink): () => void {
    if (this.#failure) {
      const failure = this.#failure;
      queueMicrotask(() => sink.fail(failure));
      return () => {};
    }
    const request = { offset, length, sink };
    this.#waiting.push(request);
    this.#advance();
    return () => this.#cancel(request);
  }

  /** Ends the channel from this side; pending requests fail with `error`. */
  fail(error: PlayerError): void {
    if (this.#failure) return;
    this.#failure = error;
    clearInterval(this.#ping);
    clearTimeout(this.#helloTimer);
    this.#channel.onmessage = null;
    try {
      this.#channel.close();
    } catch {
      // Already gone.
    }
    const requests = [...this.#inFlight.values(), ...this.#waiting.splice(0)];
    this.#inFlight.clear();
    this.#refuse(error);
    this.#close(error);
    for (const { sink } of requests) sink.fail(error);
  }

  #awaitHello(): void {
    this.#helloTimer = setTimeout(() => {
      this.fail(new PlayerError("protocol", "The box did not announce the file."));
    }, HELLO_TIMEOUT_MS);
  }

  #cancel(request: Request): void {
    const index = this.#waiting.indexOf(request);
    if (index >= 0) return void this.#waiting.splice(index, 1);
    for (const [id, other] of this.#inFlight) {
      if (other !== request) continue;
      this.#inFlight.delete(id);
      this.#send(encodeBare("CANCEL", id));
      return this.#advance();
    }
  }

  /** Sends what waits, as far as there are slots. Nothing is sent before HELLO: it could be lost. */
  #advance(): void {
    if (!this.#greeted || this.#channel.readyState !== "open") return;
    while (this.#inFlight.size < MAX_IN_FLIGHT) {
      const request = this.#waiting.shift();
      if (!request) return;
      const id = this.#newId();
      this.#inFlight.set(id, request);
      this.#send(encodeRangeReq(id, request.offset, request.length));
    }
  }

  #newId(): number {
    while (this.#inFlight.has(this.#nextId)) this.#nextId = (this.#nextId + 1) >>> 0;
    const id = this.#nextId;
    this.#nextId = (id + 1) >>> 0;
    return id;
  }

  #send(message: Uint8Array<ArrayBuffer>): void {
    // A channel that is closing says so by its close event.
    if (this.#channel.readyState === "open") this.#channel.send(message);
  }

  #receive(message: ArrayBuffer | string): void {
    let frame: Frame;
    try {
      frame = decodeFrame(message);
    } catch (error) {
      // Later versions may add types; those are not counted.
      if (error instanceof WireError && error.kind === "unknown-type") return;
      return this.#countMalformed();
    }
    if (isAgentFrame(frame)) this.#handle(frame);
  }

  #countMalformed(): void {
    this.malformed++;
    if (this.malformed > MAX_MALFORMED) {
      this.fail(new PlayerError("protocol", "The box sent too many messages that cannot be understood."));
    }
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case "HELLO":
        if (this.#greeted) return;
        this.#greeted = true;
        clearTimeout(this.#helloTimer);
        this.#ping = setInterval(() => this.#send(encodeBare("PING", 0)), this.#pingIntervalMs);
        this.#greet(frame);
        return this.#advance();
      case "RANGE_DATA": {
        this.#onBytes(frame.data.byteLength);
        messages.received(frame.data.byteLength);
        return this.#inFlight.get(frame.streamId)?.sink.data(frame.data as Uint8Array<ArrayBuffer>);
      }
      case "RANGE_END": {
        if (!this.#greeted) {
          if (frame.streamId === 0 && frame.status === Status.OUT_OF_RANGE) this.fail(notServed());
          return;
        }
        const request = this.#inFlight.get(frame.streamId);
        this.#inFlight.delete(frame.streamId);
        this.#advance();
        return request?.sink.end(frame.status);
      }
      case "PING":
        return this.#send(encodeBare("PONG", frame.streamId));
    }
  }

  #closedByOther(): void {
    if (this.#failure) return;
    const error = this.#greeted
      ? new PlayerError("connection-lost", "The box closed the file's channel.")
      : notServed();
    this.fail(error);
  }
}

function notServed(): PlayerError {
  return new PlayerError("not-found", "The box does not have this file, or does not share it.");
}
