import { Flag, type Frame, FrameType, HEADER_SIZE, MAX_CHUNK, MAX_NAME, MAX_PAYLOAD } from "./protocol.ts";

const encoder = new TextEncoder();
const U32_MAX = 0xffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * The first frame of a channel.
 *
 * @param fileSize bytes, 0 to 2⁶⁴ − 1
 * @param fileName base name; lone surrogates are replaced, and it is cut at a character to at most
 *   {@link MAX_NAME} bytes
 * @throws {RangeError} for a size outside u64
 */
export function encodeHello(
  fileSize: bigint,
  fileName: string,
  options: { transcoding?: boolean; seekable?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const { transcoding = false, seekable = true } = options;
  const name = cutUtf8(fileName, MAX_NAME);
  const message = new Uint8Array(HEADER_SIZE + 12 + name.byteLength);
  const flags = (transcoding ? Flag.TRANSCODING : 0) | (seekable ? Flag.SEEKABLE : 0);
  const view = writeHeader(message, FrameType.HELLO, flags, 0);
  view.setBigUint64(HEADER_SIZE, u64(fileSize, "file size"));
  view.setUint32(HEADER_SIZE + 8, name.byteLength);
  message.set(name, HEADER_SIZE + 12);
  return message;
}

/**
 * @param offset bytes from the start of the file
 * @param rangeLength bytes; 0 means to the end
 * @throws {RangeError} for an id outside u32, an offset or length outside u64
 */
export function encodeRangeReq(
  streamId: number,
  offset: bigint,
  rangeLength: bigint,
): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_SIZE + 16);
  const view = writeHeader(message, FrameType.RANGE_REQ, 0, streamId);
  view.setBigUint64(HEADER_SIZE, u64(offset, "offset"));
  view.setBigUint64(HEADER_SIZE + 8, u64(rangeLength, "length"));
  return message;
}

/**
 * A RANGE_DATA message whose payload, `message.subarray(HEADER_SIZE)`, is still to be filled: the file's
 * bytes are copied straight into what is sent, and nothing but the message is allocated.
 *
 * @param length payload bytes, 1 to {@link MAX_CHUNK}
 * @param memory where the message's own come from; they may hold anything
 * @throws {RangeError} for an id outside u32 or a length over {@link MAX_CHUNK}
 */
export function allocateRangeData(
  streamId: number,
  length: number,
  last: boolean,
  memory: (size: number) => Uint8Array<ArrayBuffer> = (size) => new Uint8Array(size),
): Uint8Array<ArrayBuffer> {
  if (!(length >= 0 && length <= MAX_CHUNK)) {
    throw new RangeError(`a chunk has at most ${MAX_CHUNK} bytes, not ${length}`);
  }
  const message = memory(HEADER_SIZE + length);
  // Byte by byte: a DataView would be one more object for every 16 KiB sent.
  message[0] = FrameType.RANGE_DATA;
  message[1] = last ? Flag.LAST_CHUNK : 0;
  message[2] = message[3] = 0;
  writeU32(message, 4, u32(streamId));
  writeU32(message, 8, length);
  return message;
}

/** @throws {RangeError} for an id or status outside u32 */
export function encodeRangeEnd(streamId: number, status: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_SIZE + 4);
  message[0] = FrameType.RANGE_END;
  writeU32(message, 4, u32(streamId));
  writeU32(message, 8, 4);
  writeU32(message, HEADER_SIZE, u32(status));
  return message;
}

/** @throws {RangeError} for an id outside u32 */
export function encodeBare(type: "CANCEL" | "PING" | "PONG", streamId: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_SIZE);
  message[0] = FrameType[type];
  writeU32(message, 4, u32(streamId));
  return message;
}

/** @throws {RangeError} for a time outside u64 */
export function encodeSeekHint(timestampMs: bigint): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_SIZE + 8);
  const view = writeHeader(message, FrameType.SEEK_HINT, 0, 0);
  view.setBigUint64(HEADER_SIZE, u64(timestampMs, "time"));
  return message;
}

/**
 * Any frame, from its fields; flag bits that follow from fields are set from them.
 *
 * @throws {RangeError} for a number that does not fit its field or a payload over {@link MAX_PAYLOAD}
 */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case "HELLO":
      return encodeHello(frame.fileSize, frame.fileName, frame);
    case "RANGE_REQ":
      return encodeRangeReq(frame.streamId, frame.offset, frame.rangeLength);
    case "RANGE_DATA": {
      if (frame.data.byteLength > MAX_PAYLOAD) {
        throw new RangeError(`a payload has at most ${MAX_PAYLOAD} bytes, not ${frame.data.byteLength}`);
      }
      const message = new Uint8Array(HEADER_SIZE + frame.data.byteLength);
      writeHeader(message, FrameType.RANGE_DATA, frame.last ? Flag.LAST_CHUNK : 0, frame.streamId);
      message.set(frame.data, HEADER_SIZE);
      return message;
    }
    case "RANGE_END":
      return encodeRangeEnd(frame.streamId, frame.status);
    case "SEEK_HINT":
      return encodeSeekHint(frame.timestampMs);
    default:
      return encodeBare(frame.type, frame.streamId);
  }
}

function writeHeader(
  message: Uint8Array<ArrayBuffer>,
  type: number,
  flags: number,
  streamId: number,
): DataView {
  const view = new DataView(message.buffer);
  view.setUint8(0, type);
  view.setUint8(1, flags);
  view.setUint32(4, u32(streamId));
  view.setUint32(8, message.byteLength - HEADER_SIZE);
  return view;
}

function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

function u32(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > U32_MAX) {
    throw new RangeError(`${value} is not an unsigned 32-bit number`);
  }
  return value;
}

function u64(value: bigint, what: string): bigint {
  if (value < 0n || value > U64_MAX) throw new RangeError(`the ${what} ${value} does not fit 64 bits`);
  return value;
}

/** UTF-8 of `text`, cut before the character that would pass `limit` bytes. */
function cutUtf8(text: string, limit: number): Uint8Array {
  const buffer = new Uint8Array(limit);
  // encodeInto never writes part of a character.
  const { written } = encoder.encodeInto(text, buffer);
  return buffer.subarray(0, written);
}
