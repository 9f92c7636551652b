import "./quiet_env.ts";
import type { RTCDataChannel } from "werift";
import { Buffer } from "node:buffer";
import { type ByteChannel, ChannelClosedError } from "./byte_channel.ts";

/** In case an event is missed, waiters look for themselves this often, in milliseconds. */
const POLL_MS = 500;

/** How long a closing channel waits for what is queued, in milliseconds. */
const LINGER_MS = 1_000;

/**
 * What a queued message counts beside its bytes: werift wakes every queued message for each that leaves,
 * so thousands of small ones would stand still.
 */
const MESSAGE_COST = 512;

/** A {@link ByteChannel} on werift's SCTP. */
export class WeriftChannel implements ByteChannel {
  onmessage: (message: Uint8Array | string) => void = () => {};
  onclose: () => void = () => {};
  readonly #channel: RTCDataChannel;
  readonly #waiters = new Set<() => void>();
  readonly #finished = Promise.withResolvers<void>();
  #closed = false;
  #closing = false;
  #queued = 0;

  constructor(channel: RTCDataChannel) {
    this.#channel = channel;
    channel.onMessage.subscribe((message) => {
      if (!this.#closing && !this.#closed) this.onmessage(message);
    });
    const count = channel.addBufferedAmount.bind(channel);
    channel.addBufferedAmount = (amount) => {
      count(amount);
      this.#queued += amount < 0 ? -1 : 1;
      if (amount < 0) this.#wake();
    };
    channel.stateChanged.subscribe((state) => {
      if (state === "closed") this.#ended();
    });
  }

  get label(): string {
    return this.#channel.label;
  }

  get inOrder(): boolean {
    const { ordered, maxRetransmits, maxPacketLifeTime } = this.#channel;
    return ordered && maxRetransmits === null && maxPacketLifeTime === null;
  }

  get bufferedAmount(): number {
    return this.#channel.bufferedAmount + this.#queued * MESSAGE_COST;
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    this.#open().send(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  }

  sendText(message: string): void {
    this.#open().send(message);
  }

  whenBelow(mark: number, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted || this.bufferedAmount <= mark) return Promise.resolve();
    return new Promise((resolve) => {
      const check = () => {
        if (!this.#closed && !signal.aborted && this.bufferedAmount > mark) return;
        clearInterval(timer);
        this.#waiters.delete(check);
        signal.removeEventListener("abort", check);
        resolve();
      };
      const timer = setInterval(check, POLL_MS);
      this.#waiters.add(check);
      signal.addEventListener("abort", check);
    });
  }

  close(): void {
    if (this.#closed || this.#closing) return;
    this.#closing = true;
    // A turn later, so that werift's acknowledgement of the opening goes first: a peer that is told of the
    // end before the beginning would wait for it for ever.
    setTimeout(async () => {
      await this.whenBelow(0, AbortSignal.timeout(LINGER_MS));
      if (!this.#closed) this.#channel.close();
    });
  }

  /** Closes, and resolves when the peer has closed too. */
  finished(): Promise<void> {
    this.close();
    return this.#finished.promise;
  }

  /** The connection under the channel has gone. */
  lost(): void {
    this.#ended();
  }

  #open(): RTCDataChannel {
    if (this.#closed || this.#closing || this.#channel.readyState !== "open") throw new ChannelClosedError();
    return this.#channel;
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake();
    this.#finished.resolve();
    this.onclose();
  }
}
