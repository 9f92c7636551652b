import { WireError, type WireErrorKind } from "./errors.ts";
import { Flag, type Frame, FrameType, HEADER_SIZE, MAX_PAYLOAD } from "./protocol.ts";

// A name may begin with U+FEFF; a byte order mark here is part of it.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads one message of the data channel as a frame.
 *
 * Reserved bits, unknown flags, bytes after HELLO's name and payloads of CANCEL, PING and PONG are
 * ignored. `RANGE_DATA.data` shares the message's memory.
 *
 * @throws {WireError} and nothing else, whatever the bytes are
 */
export function decodeFrame(message: Uint8Array | ArrayBuffer | string): Frame {
  if (typeof message === "string") {
    throw new WireError("not-binary", "a text message is not a frame", message.length);
  }
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.byteLength < HEADER_SIZE) {
    throw new WireError("short-header", `${bytes.byteLength} bytes are less than a header`, bytes.byteLength);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(8);
  const size = bytes.byteLength - HEADER_SIZE;
  if (length > MAX_PAYLOAD) {
    throw new WireError("oversized", `a payload of ${length} bytes is announced`, bytes.byteLength);
  }
  if (length !== size) {
    throw new WireError("length-mismatch", `${length} bytes announced, ${size} present`, bytes.byteLength);
  }
  return decodeBody(bytes, view, size);
}

/** Whether a message that this side made is RANGE_DATA of a stream; looks at nothing else. */
export function isRangeData(message: Uint8Array, streamId: number): boolean {
  if (message.byteLength < HEADER_SIZE || message[0] !== FrameType.RANGE_DATA) return false;
  const id = (message[4]! << 24) | (message[5]! << 16) | (message[6]! << 8) | message[7]!;
  return id >>> 0 === streamId;
}

function decodeBody(bytes: Uint8Array, view: DataView, size: number): Frame {
  const type = bytes[0]!;
  const flags = bytes[1]!;
  const streamId = view.getUint32(4);
  const fail = (kind: WireErrorKind, message: string) =>
    new WireError(kind, message, bytes.byteLength, type, streamId);

  switch (type) {
    case FrameType.RANGE_DATA:
      return {
        type: "RANGE_DATA",
        flags,
        streamId,
        last: (flags & Flag.LAST_CHUNK) !== 0,
        data: bytes.subarray(HEADER_SIZE),
      };
    case FrameType.RANGE_REQ:
      if (size !== 16) throw fail("bad-payload", `RANGE_REQ has 16 bytes of payload, not ${size}`);
      return {
        type: "RANGE_REQ",
        flags,
        streamId,
        offset: view.getBigUint64(HEADER_SIZE),
        rangeLength: view.getBigUint64(HEADER_SIZE + 8),
      };
    case FrameType.RANGE_END:
      if (size !== 4) throw fail("bad-payload", `RANGE_END has 4 bytes of payload, not ${size}`);
      return { type: "RANGE_END", flags, streamId, status: view.getUint32(HEADER_SIZE) };
    case FrameType.CANCEL:
      return { type: "CANCEL", flags, streamId };
    case FrameType.PING:
      return { type: "PING", flags, streamId };
    case FrameType.PONG:
      return { type: "PONG", flags, streamId };
    case FrameType.SEEK_HINT:
      if (size !== 8) throw fail("bad-payload", `SEEK_HINT has 8 bytes of payload, not ${size}`);
      return { type: "SEEK_HINT", flags, streamId, timestampMs: view.getBigUint64(HEADER_SIZE) };
    case FrameType.HELLO: {
      if (size < 12) throw fail("bad-payload", `HELLO has at least 12 bytes of payload, not ${size}`);
      const nameLength = view.getUint32(HEADER_SIZE + 8);
      if (nameLength > size - 12) throw fail("bad-payload", "HELLO's name is longer than its payload");
      const name = bytes.subarray(HEADER_SIZE + 12, HEADER_SIZE + 12 + nameLength);
      return {
        type: "HELLO",
        flags,
        streamId,
        fileSize: view.getBigUint64(HEADER_SIZE),
        fileName: utf8.decode(name),
        transcoding: (flags & Flag.TRANSCODING) !== 0,
        seekable: (flags & Flag.SEEKABLE) !== 0,
      };
    }
    default:
      throw fail("unknown-type", `type 0x${type.toString(16).padStart(2, "0")} is unknown`);
  }
}
