import { type ByteChannel, ChannelClosedError } from "./byte_channel.ts";
import { type ChannelOpen, PayloadProtocol } from "./dcep.ts";
import type { MessagePool } from "./message_pool.ts";
import type { Association } from "./sctp/association.ts";

/** In case an event is missed, waiters look for themselves this often, in milliseconds. */
const POLL_MS = 500;

/**
 * From the last message to the reset, in milliseconds: a stack that hears of both at once, libdatachannel for
 * one, closes the channel before it has handed the message on.
 */
const CLOSE_GRACE_MS = 100;

/** What the transport does for its channels. */
export interface ChannelHost {
  readonly association: Association;
  readonly messages: MessagePool;
  /** Something was queued: packets may be due. */
  soon(): void;
  /** Resets this side of a channel's stream once all on it is sent. */
  reset(streamId: number): void;
}

/** A {@link ByteChannel} on an SCTP stream. */
export class SctpChannel implements ByteChannel {
  onmessage: (message: Uint8Array | string) => void = () => {};
  onclose: () => void = () => {};
  readonly label: string;
  readonly inOrder: boolean;
  readonly #host: ChannelHost;
  readonly #waiters = new Set<() => void>();
  readonly #finished = Promise.withResolvers<void>();
  #closed = false;
  #closing = false;

  constructor(readonly streamId: number, open: ChannelOpen, host: ChannelHost) {
    this.label = open.label;
    this.inOrder = open.ordered && open.reliable;
    this.#host = host;
  }

  get bufferedAmount(): number {
    return this.#host.association.bufferedAmount(this.streamId);
  }

  get sendMark(): number {
    return this.#host.association.sendMark;
  }

  get closed(): boolean {
    return this.#closed;
  }

  allocate(size: number): Uint8Array<ArrayBuffer> {
    return this.#host.messages.allocate(size);
  }

  send(message: Uint8Array<ArrayBuffer>, urgent = false): void {
    if (this.#closed || this.#closing) throw new ChannelClosedError();
    const { association } = this.#host;
    if (message.byteLength === 0) {
      association.send(this.streamId, PayloadProtocol.BINARY_EMPTY, new Uint8Array(1), { urgent });
    } else {
      association.send(this.streamId, PayloadProtocol.BINARY, message, { urgent });
    }
    this.#host.soon();
  }

  sendText(message: string): void {
    if (this.#closed || this.#closing) throw new ChannelClosedError();
    const { association } = this.#host;
    if (message === "") {
      association.send(this.streamId, PayloadProtocol.STRING_EMPTY, new Uint8Array(1));
    } else {
      association.send(this.streamId, PayloadProtocol.STRING, new TextEncoder().encode(message));
    }
    this.#host.soon();
  }

  withdraw(unwanted: (message: Uint8Array) => boolean): number {
    const bytes = this.#host.association.withdraw(this.streamId, unwanted);
    if (bytes > 0) this.drained();
    return bytes;
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
    setTimeout(() => {
      if (!this.#closed) this.#host.reset(this.streamId);
    }, CLOSE_GRACE_MS);
  }

  /** Closes, and resolves when the peer has closed too. */
  finished(): Promise<void> {
    this.close();
    return this.#finished.promise;
  }

  /** A message has arrived on the stream. */
  received(ppid: number, data: Uint8Array): void {
    if (this.#closed || this.#closing) return;
    switch (ppid) {
      case PayloadProtocol.BINARY:
        return this.onmessage(data);
      case PayloadProtocol.STRING:
        return this.onmessage(new TextDecoder().decode(data));
      case PayloadProtocol.BINARY_EMPTY:
        return this.onmessage(new Uint8Array(0));
      case PayloadProtocol.STRING_EMPTY:
        return this.onmessage("");
    }
  }

  /** Something has left the queue. */
  drained(): void {
    for (const waiter of this.#waiters) waiter();
  }

  /** The stream has been reset by the peer, or the connection under it has gone. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.drained();
    this.#finished.resolve();
    this.onclose();
  }
}
