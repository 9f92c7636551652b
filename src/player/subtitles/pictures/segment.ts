import { MalformedFile } from "../embedded/track.ts";

/** Segment types of the Presentation Graphics Stream (Blu-ray Disc Read-Only Format, part 3; US 2009/0185789 A1). */
export const SEGMENT = {
  Palette: 0x14,
  Object: 0x15,
  Composition: 0x16,
  Window: 0x17,
  End: 0x80,
} as const;

/** Of a segment's type and size, in bytes. */
export const SEGMENT_HEAD = 3;

/** One segment: its data follow its type and size. */
export interface Segment {
  readonly type: number;
  readonly data: Uint8Array;
}

/**
 * The segments that lie one behind the other in a display set.
 *
 * @throws {MalformedFile} where one goes past the end
 */
export function* segments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 0; at < bytes.length;) {
    if (at + SEGMENT_HEAD > bytes.length) throw new MalformedFile("a segment has no size");
    const end = at + SEGMENT_HEAD + (bytes[at + 1]! << 8 | bytes[at + 2]!);
    if (end > bytes.length) throw new MalformedFile("a segment is larger than its display set");
    yield { type: bytes[at]!, data: bytes.subarray(at + SEGMENT_HEAD, end) };
    at = end;
  }
}

/** A segment's data read from front to back, big-endian. */
export class SegmentReader {
  readonly #data: Uint8Array;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** @throws {MalformedFile} where the segment ends before it */
  number(bytes: number): number {
    if (this.#at + bytes > this.#data.length) throw new MalformedFile("a segment is too short");
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + this.#data[this.#at++]!;
    return value;
  }

  rest(): Uint8Array {
    return this.#data.subarray(this.#at);
  }
}
