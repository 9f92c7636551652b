/**
 * One data channel as the layers above see it: messages in and out, and how much is waiting.
 * What carries it (SCTP over DTLS over ICE) stays below.
 */
export interface ByteChannel {
  readonly label: string;
  /** Ordered and reliable: the only mode in which bytes can be placed without an offset. */
  readonly inOrder: boolean;
  /** Bytes handed to {@link send} that have not been given to the network. */
  readonly bufferedAmount: number;
  /** Bytes worth having in {@link bufferedAmount}, which follow the path: with more a seek only waits. */
  readonly sendMark: number;
  readonly closed: boolean;
  /** A message from the peer; binary ones as bytes, text ones as a string. */
  onmessage: (message: Uint8Array | string) => void;
  /** Closed, by either side or with the connection; called once. */
  onclose: () => void;
  /** Memory for a message to be written into and sent, with anything in it; used again once it has arrived. */
  allocate(size: number): Uint8Array<ArrayBuffer>;
  /**
   * Queues one binary message. The bytes belong to the channel from now on.
   *
   * @param urgent goes ahead of messages that wait and have not begun
   * @throws {ChannelClosedError} once the channel is closed or closing
   */
  send(message: Uint8Array<ArrayBuffer>, urgent?: boolean): void;
  /** Takes back messages that `unwanted` names and of which nothing has been sent; answers their bytes. */
  withdraw(unwanted: (message: Uint8Array) => boolean): number;
  /**
   * Queues one text message.
   *
   * @throws {ChannelClosedError} once the channel is closed or closing
   */
  sendText(message: string): void;
  /**
   * Resolves when `bufferedAmount` is at most `mark` bytes, the channel closes or `signal` aborts;
   * every waiter is woken by the same event. Never rejects.
   */
  whenBelow(mark: number, signal: AbortSignal): Promise<void>;
  /** Closes once what is queued has been sent, or after a second. */
  close(): void;
}

/** Something was sent on a channel that is no longer open. */
export class ChannelClosedError extends Error {
  override readonly name = "ChannelClosedError";

  constructor() {
    super("the data channel is closed");
  }
}
