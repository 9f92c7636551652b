import { crc32c } from "../dtls/kernel/crc32c.ts";
import { CHUNK_HEADER_SIZE, COMMON_HEADER_SIZE } from "./constants.ts";

/** One chunk of a packet; `value` is what follows its header and shares the packet's memory. */
export interface ChunkView {
  readonly type: number;
  readonly flags: number;
  readonly value: Uint8Array;
}

/** Writes chunks into one packet, each padded to four bytes counted from the packet's start. */
export class PacketWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  length = 0;
  /** Bytes that a packet should have at most. */
  limit: number;

  /** @param capacity bytes that any packet can have */
  constructor(limit: number, readonly capacity = limit) {
    this.limit = limit;
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  get room(): number {
    return this.limit - this.length;
  }

  /** Whether a chunk of `size` bytes, padded, goes in; alone also one that has become too large. */
  takes(size: number): boolean {
    return size <= this.room || (this.empty && this.length + size <= this.capacity);
  }

  get empty(): boolean {
    return this.length === COMMON_HEADER_SIZE;
  }

  begin(sourcePort: number, destinationPort: number, verificationTag: number): void {
    this.view.setUint16(0, sourcePort);
    this.view.setUint16(2, destinationPort);
    this.view.setUint32(4, verificationTag);
    this.view.setUint32(8, 0);
    this.length = COMMON_HEADER_SIZE;
  }

  /** Adds a chunk's header and room for its value; answers where the value begins. */
  chunk(type: number, flags: number, valueLength: number): number {
    const at = this.length;
    this.bytes[at] = type;
    this.bytes[at + 1] = flags;
    this.view.setUint16(at + 2, CHUNK_HEADER_SIZE + valueLength);
    const end = at + CHUNK_HEADER_SIZE + valueLength;
    const padded = (end + 3) & ~3;
    for (let pad = end; pad < padded; pad++) this.bytes[pad] = 0;
    this.length = padded;
    return at + CHUNK_HEADER_SIZE;
  }

  /** Adds a whole chunk; its room has been looked at. */
  add(type: number, value: Uint8Array): void {
    this.bytes.set(value, this.chunk(type, 0, value.byteLength));
  }

  /** The finished packet, a view that is valid until the next {@link begin}. */
  finish(checksum: boolean): Uint8Array<ArrayBuffer> {
    if (checksum) this.view.setUint32(8, crc32c(this.bytes, 0, this.length), true);
    return this.bytes.subarray(0, this.length);
  }
}

/** Bytes of a chunk with a value of `length` bytes, padded. */
export function chunkSize(length: number): number {
  return (CHUNK_HEADER_SIZE + length + 3) & ~3;
}

export interface ReceivedPacket {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly verificationTag: number;
  readonly chunks: readonly ChunkView[];
}

/**
 * Reads a packet; undefined for one that is malformed or fails its checksum.
 *
 * @param zeroChecksum whether 0 in place of a checksum is accepted (RFC 9653)
 */
export function readPacket(bytes: Uint8Array, zeroChecksum: boolean): ReceivedPacket | undefined {
  if (bytes.byteLength < COMMON_HEADER_SIZE + CHUNK_HEADER_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checksum = view.getUint32(8, true);
  if (!(zeroChecksum && checksum === 0) && !matches(bytes, view, checksum)) return undefined;
  const chunks: ChunkView[] = [];
  let at = COMMON_HEADER_SIZE;
  while (at + CHUNK_HEADER_SIZE <= bytes.byteLength) {
    const length = view.getUint16(at + 2);
    if (length < CHUNK_HEADER_SIZE || at + length > bytes.byteLength) return undefined;
    chunks.push({
      type: bytes[at]!,
      flags: bytes[at + 1]!,
      value: bytes.subarray(at + CHUNK_HEADER_SIZE, at + length),
    });
    at += (length + 3) & ~3;
  }
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    verificationTag: view.getUint32(4),
    chunks,
  };
}

function matches(bytes: Uint8Array, view: DataView, checksum: number): boolean {
  view.setUint32(8, 0);
  const expected = crc32c(bytes, 0, bytes.byteLength);
  view.setUint32(8, checksum, true);
  return expected === checksum;
}
