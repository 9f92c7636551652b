import { MalformedFile } from "../track.ts";

/** Element IDs of Matroska (RFC 9559, section 5.1) with their markers. */
export const ID = {
  EBML: 0x1a45dfa3,
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackType: 0x83,
  FlagEnabled: 0xb9,
  FlagDefault: 0x88,
  FlagForced: 0x55aa,
  FlagHearingImpaired: 0x55ab,
  Name: 0x536e,
  Language: 0x22b59c,
  LanguageBcp47: 0x22b59d,
  CodecId: 0x86,
  DefaultDuration: 0x23e383,
  ContentEncodings: 0x6d80,
  ContentEncoding: 0x6240,
  ContentEncodingOrder: 0x5031,
  ContentEncodingScope: 0x5032,
  ContentEncodingType: 0x5033,
  ContentCompression: 0x5034,
  ContentCompAlgo: 0x4254,
  ContentCompSettings: 0x4255,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
  BlockGroup: 0xa0,
  Block: 0xa1,
  BlockDuration: 0x9b,
  Cues: 0x1c53bb6b,
  CuePoint: 0xbb,
  CueTime: 0xb3,
  CueTrackPositions: 0xb7,
  CueTrack: 0xf7,
  CueClusterPosition: 0xf1,
  CueRelativePosition: 0xf0,
  CueDuration: 0xb2,
} as const;

/** An element's ID and size (RFC 8794, section 4). */
export interface ElementHead {
  readonly id: number;
  /** Of the data, in bytes; undefined where it is unknown. */
  readonly size: number | undefined;
  /** Where the data begin. */
  readonly data: number;
}

/** Of an ID and a size, at most, in bytes. */
export const MAX_HEAD = 12;

/**
 * The head of the element at a place; undefined where `bytes` end within it.
 *
 * @throws {MalformedFile} where no element can begin
 */
export function elementHead(bytes: Uint8Array, at: number): ElementHead | undefined {
  if (at >= bytes.length) return undefined;
  const idLength = Math.clz32(bytes[at]!) - 23;
  if (idLength > 4) throw new MalformedFile("an element ID is longer than four bytes");
  if (at + idLength >= bytes.length) return undefined;
  const id = unsigned(bytes.subarray(at, at + idLength));
  const size = vint(bytes, at + idLength);
  return size && { id, size: size.value, data: at + idLength + size.length };
}

/**
 * A variable-size integer (RFC 8794, section 4); its value is undefined where all bits are set.
 *
 * @throws {MalformedFile} where none can begin, or it is more than an integer of JavaScript
 */
export function vint(
  bytes: Uint8Array,
  at: number,
): { readonly value: number | undefined; readonly length: number } | undefined {
  if (at >= bytes.length) return undefined;
  const first = bytes[at]!;
  const length = Math.clz32(first) - 23;
  if (length > 8) throw new MalformedFile("an element size is longer than eight bytes");
  if (at + length > bytes.length) return undefined;
  const mask = (1 << (8 - length)) - 1;
  let value = first & mask;
  let full = value === mask;
  for (let i = at + 1; i < at + length; i++) {
    value = value * 256 + bytes[i]!;
    full &&= bytes[i] === 0xff;
  }
  if (full) return { value: undefined, length };
  if (!Number.isSafeInteger(value)) throw new MalformedFile("an element is larger than any file");
  return { value, length };
}

/**
 * The elements that the whole of a master element's data hold.
 *
 * @throws {MalformedFile} where one does not end within them
 */
export function* children(data: Uint8Array): Generator<readonly [id: number, data: Uint8Array]> {
  for (let at = 0; at < data.length;) {
    const head = elementHead(data, at);
    if (head?.size === undefined || head.data + head.size > data.length) {
      throw new MalformedFile("an element is larger than that around it");
    }
    yield [head.id, data.subarray(head.data, head.data + head.size)];
    at = head.data + head.size;
  }
}

/** Big-endian; of more than eight bytes or than JavaScript counts exactly, not exact. */
export function unsigned(data: Uint8Array): number {
  let value = 0;
  for (const byte of data) value = value * 256 + byte;
  return value;
}

/** UTF-8, which zeros may follow. */
export function string(data: Uint8Array): string {
  const end = data.indexOf(0);
  return new TextDecoder().decode(end < 0 ? data : data.subarray(0, end));
}
