import { ChunkType, DATA_HEADER_SIZE } from "./constants.ts";
import { chunkSize, type PacketWriter } from "./packet.ts";

/** Chunks that wait at most; a peer cannot make more of them wait. */
const MAX_WAITING = 64;

const NOTHING = new Uint8Array(0);

interface Waiting {
  readonly type: number;
  readonly value: Uint8Array;
}

/** Answers and other chunks that are sent once, beside data. */
export class ControlChunks {
  readonly #maxSize: number;
  #waiting: Waiting[] = [];

  /** @param maxPacketSize in bytes; what does not fit such a packet beside data is not sent at all */
  constructor(maxPacketSize: number) {
    this.#maxSize = maxPacketSize - DATA_HEADER_SIZE;
  }

  push(type: number, value: Uint8Array = NOTHING): void {
    if (chunkSize(value.byteLength) > this.#maxSize || this.#waiting.length >= MAX_WAITING) return;
    // The value is the peer's packet, which does not last.
    this.#waiting.push({ type, value: value.slice() });
  }

  /** Ahead of all others, and in place of one of its type. */
  putFirst(type: number, value: Uint8Array): void {
    this.#waiting = [{ type, value }, ...this.#waiting.filter((other) => other.type !== type)];
  }

  /** This is the last chunk there will be. */
  putLast(type: number): void {
    this.#waiting = [{ type, value: NOTHING }];
  }

  /** Writes what fits; answers whether the packet is an INIT ACK, which is alone in its own. */
  write(writer: PacketWriter): boolean {
    while (this.#waiting.length > 0) {
      const { type, value } = this.#waiting[0]!;
      const alone = type === ChunkType.INIT_ACK;
      if (chunkSize(value.byteLength) > writer.room || (alone && !writer.empty)) return false;
      writer.add(type, value);
      this.#waiting.shift();
      if (alone) return true;
    }
    return false;
  }
}
