import type { ByteChannel } from "../rtc/byte_channel.ts";

/** Control frames may pass the channel's mark by this much before they queue here, in bytes. */
const SLACK = 65_536;

/** Frames that may queue; a viewer that lets more come does not read what it asks for. */
const MAX_ENDS = 16_384;

/** PONGs among them; a further PING while these wait says nothing new. */
const MAX_PONGS = 64;

/**
 * RANGE_END and PONG go out at once, ahead of range data that waits for room, but only so far: behind a
 * viewer that asks without reading they queue here, bounded.
 */
export class ControlQueue {
  readonly #channel: ByteChannel;
  readonly #onoverload: () => void;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #pongs = 0;
  #flushing: AbortController | undefined;

  constructor(channel: ByteChannel, onoverload: () => void) {
    this.#channel = channel;
    this.#onoverload = onoverload;
  }

  /** Sends or queues a RANGE_END. */
  end(message: Uint8Array<ArrayBuffer>): void {
    if (this.#queue.length >= MAX_ENDS) return this.#onoverload();
    this.#push(message);
  }

  /** Sends or queues a PONG; dropped where enough of them wait. */
  pong(message: Uint8Array<ArrayBuffer>): void {
    if (this.#queue.length > 0 && ++this.#pongs > MAX_PONGS) return;
    this.#push(message, true);
  }

  /** Sends what there is room for. */
  flush(): void {
    if (this.#queue.length === 0) return;
    let sent = 0;
    while (sent < this.#queue.length && this.#hasRoom()) this.#send(this.#queue[sent++]!);
    this.#queue = this.#queue.slice(sent);
    if (this.#queue.length === 0) this.#pongs = 0;
  }

  #push(message: Uint8Array<ArrayBuffer>, urgent = false): void {
    if (this.#queue.length === 0 && this.#hasRoom()) return this.#send(message, urgent);
    this.#queue.push(message);
    this.#flushLater();
  }

  get #limit(): number {
    return this.#channel.sendMark + SLACK;
  }

  #hasRoom(): boolean {
    return !this.#channel.closed && this.#channel.bufferedAmount < this.#limit;
  }

  /** In case no response runs, whose turns flush too. */
  #flushLater(): void {
    if (this.#flushing !== undefined) return;
    const flushing = this.#flushing = new AbortController();
    void this.#channel.whenBelow(this.#limit - 1, flushing.signal).then(() => {
      this.#flushing = undefined;
      if (this.#channel.closed) return;
      this.flush();
      if (this.#queue.length > 0) this.#flushLater();
    });
  }

  /** A RANGE_END keeps its place behind the data it ends; a PONG belongs to nothing and is urgent. */
  #send(message: Uint8Array<ArrayBuffer>, urgent = false): void {
    try {
      this.#channel.send(message, urgent);
    } catch {
      // The channel is closing; nobody waits for it.
    }
  }
}
