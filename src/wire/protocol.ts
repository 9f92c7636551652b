/**
 * The numbers of the frame protocol: one frame is one binary message on an ordered, reliable data
 * channel, twelve bytes of header and at most 64 KiB of payload, big-endian throughout.
 */

/** type u8 · flags u8 · reserved u16 · stream id u32 · payload length u32. */
export const HEADER_SIZE = 12;

/** The largest payload a receiver accepts, in bytes. */
export const MAX_PAYLOAD = 65_536;

/** The largest RANGE_DATA payload a sender makes, in bytes; all but the last of a response are this long. */
export const MAX_CHUNK = 16_384;

/** The largest file name in HELLO, in bytes of UTF-8. */
export const MAX_NAME = 1_024;

/** HELLO's size when a transcoder does not know it: 2⁶³ − 1. */
export const SIZE_UNKNOWN = 0x7fff_ffff_ffff_ffffn;

export const FrameType = {
  HELLO: 0x00,
  RANGE_REQ: 0x01,
  RANGE_DATA: 0x02,
  RANGE_END: 0x03,
  CANCEL: 0x04,
  PING: 0x05,
  PONG: 0x06,
  SEEK_HINT: 0x07,
} as const;

export const Flag = {
  /** On RANGE_DATA: this chunk completes the range. */
  LAST_CHUNK: 0x01,
  /** On HELLO: the size is an estimate. */
  TRANSCODING: 0x02,
  /** On HELLO: ranges may start anywhere. */
  SEEKABLE: 0x04,
} as const;

/** RANGE_END's status; a viewer treats any other value as a failure of that range. */
export const Status = {
  OK: 0,
  BUSY: 1,
  OUT_OF_RANGE: 2,
  READ_ERROR: 3,
  BAD_REQUEST: 4,
} as const;

/** Sent by the agent, once, before anything else on the channel. */
export interface Hello {
  readonly type: "HELLO";
  readonly flags: number;
  readonly streamId: number;
  /** Bytes; {@link SIZE_UNKNOWN} with `transcoding` means unknown. */
  readonly fileSize: bigint;
  /** Base name, invalid UTF-8 replaced. */
  readonly fileName: string;
  readonly transcoding: boolean;
  readonly seekable: boolean;
}

/** Asks for `rangeLength` bytes at `offset`; a length of 0 means to the end. */
export interface RangeReq {
  readonly type: "RANGE_REQ";
  readonly flags: number;
  readonly streamId: number;
  readonly offset: bigint;
  readonly rangeLength: bigint;
}

/** File bytes, following those already received for the stream. `data` is a view of the message. */
export interface RangeData {
  readonly type: "RANGE_DATA";
  readonly flags: number;
  readonly streamId: number;
  readonly last: boolean;
  readonly data: Uint8Array;
}

/** Ends a response. */
export interface RangeEnd {
  readonly type: "RANGE_END";
  readonly flags: number;
  readonly streamId: number;
  readonly status: number;
}

/** CANCEL stops a response, PING asks for a PONG with the same stream id. */
export interface Bare {
  readonly type: "CANCEL" | "PING" | "PONG";
  readonly flags: number;
  readonly streamId: number;
}

/** Accepted and ignored; meant to warm a transcoder. */
export interface SeekHint {
  readonly type: "SEEK_HINT";
  readonly flags: number;
  readonly streamId: number;
  readonly timestampMs: bigint;
}

export type Frame = Hello | RangeReq | RangeData | RangeEnd | Bare | SeekHint;

/** Frames the viewer may send. */
export type ViewerFrame = RangeReq | Bare | SeekHint;

/** Frames the agent may send. */
export type AgentFrame = Hello | RangeData | RangeEnd | Bare;

/** Whether the viewer may send a frame of this type. */
export function isViewerFrame(frame: Frame): frame is ViewerFrame {
  return frame.type !== "HELLO" && frame.type !== "RANGE_DATA" && frame.type !== "RANGE_END";
}

/** Whether the agent may send a frame of this type. */
export function isAgentFrame(frame: Frame): frame is AgentFrame {
  return frame.type !== "RANGE_REQ" && frame.type !== "SEEK_HINT" && frame.type !== "CANCEL";
}
