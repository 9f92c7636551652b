import { SIZE_UNKNOWN } from "../../wire/mod.ts";
import { PlayerError } from "./errors.ts";
import type { Greeting, RangeChannel } from "./range_channel.ts";
import { RangeReader, rangeStream } from "./range_reader.ts";

/** A file on the box, open for as long as its session is. */
export class RemoteFile {
  /** Base name, as the box has it. Not to be trusted as a path or as HTML. */
  readonly name: string;
  /** Bytes; `Infinity` where a transcoder does not know it. */
  readonly size: number;
  /** The size is an estimate: a transcoder makes the bytes while they are read. */
  readonly transcoding: boolean;
  /** Resolves when the file can no longer be read, with the reason. */
  readonly closed: Promise<PlayerError>;

  readonly #channel: RangeChannel;

  private constructor(channel: RangeChannel, hello: Greeting, size: number) {
    this.#channel = channel;
    this.name = hello.fileName;
    this.size = size;
    this.transcoding = hello.transcoding;
    this.closed = channel.closed;
  }

  /**
   * Waits for the channel's HELLO.
   *
   * @throws {PlayerError} not-found where the box does not serve the file; protocol; the session's error
   */
  static async open(channel: RangeChannel): Promise<RemoteFile> {
    const hello = await channel.hello;
    const unknown = hello.transcoding && hello.fileSize === SIZE_UNKNOWN;
    if (!unknown && hello.fileSize > BigInt(Number.MAX_SAFE_INTEGER)) {
      const error = new PlayerError("protocol", "The file is larger than a browser can address.");
      channel.fail(error);
      throw error;
    }
    return new RemoteFile(channel, hello, unknown ? Infinity : Number(hello.fileSize));
  }

  /**
   * Bytes `offset` to `offset + length`, cut at the end of the file; without a length to the end.
   *
   * Requests leave as the stream is read, `window` bytes ahead of what is taken, so a consumer that stops stops the network too. Cancelling the
   * stream, or aborting the signal, tells the box to stop at once.
   *
   * The stream errors with a {@link PlayerError}: out-of-range, read-error, busy, protocol, aborted, or
   * the session's error. Bytes handed over before are valid.
   *
   * @throws {RangeError} for an offset or length that is negative or no integer
   */
  read(
    offset: number | bigint,
    length: number | bigint = Infinity,
    options: { readonly signal?: AbortSignal; readonly window?: () => number } = {},
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const from = natural(offset, "offset");
    const wanted = length === Infinity ? Infinity : natural(length, "length");
    if (wanted > 0 && from >= this.size) {
      const error = new PlayerError("out-of-range", "The file ends before this place.");
      return new ReadableStream({ start: (controller) => controller.error(error) });
    }
    const reader = new RangeReader(
      (at, count, sink) => this.#channel.request(at, count, sink),
      from,
      Math.min(from + wanted, this.size),
      !this.transcoding,
      options.window,
    );
    return rangeStream(reader, options.signal);
  }

  /** Closes the file's channel; streams still open error with `closed`. */
  close(): void {
    this.#channel.fail(new PlayerError("closed", "The file was closed."));
  }
}

function natural(value: number | bigint, what: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new RangeError(`the ${what} ${value} is not a natural number`);
  }
  return number;
}
