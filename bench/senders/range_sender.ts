import {
  allocateRangeData,
  decodeFrame,
  encodeHello,
  encodeRangeEnd,
  HEADER_SIZE,
  MAX_CHUNK,
  Status,
} from "../../src/wire/mod.ts";
import type { Channel } from "../stacks/peer.ts";

/** One read of the file, in bytes. */
const BLOCK = 512 * 1_024;

/** When to stop handing messages over and when to go on, in bytes of `bufferedAmount`. */
export interface Marks {
  readonly high: number;
  readonly low: number;
}

/**
 * Serves the ranges of a file on one channel with what a stack's user would write: blocks read one ahead,
 * messages of the frame protocol handed over until the high mark, and on at the low one.
 */
export class RangeSender {
  readonly #channel: Channel;
  readonly #file: Deno.FsFile;
  readonly #marks: Marks;

  constructor(channel: Channel, path: string, marks: Marks) {
    this.#channel = channel;
    this.#file = Deno.openSync(path);
    this.#marks = marks;
  }

  /** Tells the receiver the file's size; it may ask then. */
  hello(): void {
    this.#channel.send(encodeHello(BigInt(this.#file.statSync().size), "file"));
  }

  /** Serves a RANGE_REQ to its end; resolves when all of it is handed over. */
  async receive(message: Uint8Array): Promise<void> {
    const frame = decodeFrame(message);
    if (frame.type !== "RANGE_REQ") return;
    const { streamId, offset, rangeLength } = frame;
    let room = 0;
    let left = Number(rangeLength);
    for await (const block of this.#blocks(Number(offset), left)) {
      for (let at = 0; at < block.byteLength; at += MAX_CHUNK) {
        const data = block.subarray(at, at + MAX_CHUNK);
        left -= data.byteLength;
        const chunk = allocateRangeData(streamId, data.byteLength, left === 0);
        chunk.set(data, HEADER_SIZE);
        // Asked once for many messages: some stacks answer from another thread.
        if (room <= 0) room = await this.#room();
        this.#channel.send(chunk);
        room -= chunk.byteLength;
      }
    }
    this.#channel.send(encodeRangeEnd(streamId, Status.OK));
  }

  /** Waits until the buffer is below its high mark; the bytes that it takes until it is not. */
  async #room(): Promise<number> {
    for (;;) {
      const room = this.#marks.high - this.#channel.bufferedAmount;
      if (room > 0) return room;
      await this.#channel.whenLow(this.#marks.low);
    }
  }

  /** The bytes of a range; each block is good until the next but one is asked for. */
  async *#blocks(offset: number, length: number): AsyncGenerator<Uint8Array> {
    const buffers = [new Uint8Array(BLOCK), new Uint8Array(BLOCK)];
    const end = offset + length;
    let index = 0;
    const read = async (position: number): Promise<Uint8Array> => {
      const buffer = buffers[index++ % 2]!.subarray(0, Math.min(BLOCK, end - position));
      this.#file.seekSync(position, Deno.SeekMode.Start);
      for (let filled = 0; filled < buffer.byteLength;) {
        const count = await this.#file.read(buffer.subarray(filled));
        if (count === null) throw new Error("the file is shorter than the range");
        filled += count;
      }
      return buffer;
    };
    let next: Promise<Uint8Array> | undefined = length > 0 ? read(offset) : undefined;
    for (let position = offset; next !== undefined;) {
      const block: Uint8Array = await next;
      position += block.byteLength;
      next = position < end ? read(position) : undefined;
      yield block;
    }
  }
}
