import type { PlayerError } from "./errors.ts";

/** Where the answer to one request goes. After `end` or `fail` nothing more comes. */
export interface RangeSink {
  /** Bytes that follow those before; the memory is the receiver's. */
  data(chunk: Uint8Array<ArrayBuffer>): void;
  /** RANGE_END with its status. */
  end(status: number): void;
  /** The channel is gone. */
  fail(error: PlayerError): void;
}

/** What the box says of a file first. */
export interface Greeting {
  readonly fileName: string;
  /** Bytes. */
  readonly fileSize: bigint;
  readonly transcoding: boolean;
}

/** A file's data channel. */
export interface RangeChannel {
  readonly hello: Promise<Greeting>;
  /** Resolves when the channel is gone, with the reason. */
  readonly closed: Promise<PlayerError>;
  /** Asks for `length` bytes (0: to the end) at `offset`; what it returns cancels the request. */
  request(offset: bigint, length: bigint, sink: RangeSink): () => void;
  fail(error: PlayerError): void;
}
