import { MalformedFile } from "../track.ts";

/** Head of a box (ISO/IEC 14496-12, section 4.2). */
export interface BoxHead {
  /** Four characters. */
  readonly type: string;
  /** Where its content begins and ends, in bytes from where that of `at` was counted. */
  readonly content: number;
  readonly end: number;
}

/** Of a head, at most, in bytes. */
export const MAX_HEAD = 16;

/**
 * The head of the box at `at`.
 *
 * @param bytes what lies there: {@link MAX_HEAD} bytes, or fewer where what is around it ends
 * @param end of what is around it
 * @throws {MalformedFile} where no box fits
 */
export function boxHead(bytes: Uint8Array, at: number, end: number): BoxHead {
  if (bytes.length < 8) throw new MalformedFile("a box is cut off");
  const view = viewOf(bytes);
  const type = fourCharacters(bytes, 4);
  let size = view.getUint32(0);
  let head = 8;
  if (size === 1) {
    if (bytes.length < MAX_HEAD) throw new MalformedFile("a box is cut off");
    size = Number(view.getBigUint64(8));
    head = MAX_HEAD;
  } else if (size === 0) size = end - at;
  if (size < head || at + size > end) throw new MalformedFile("a box does not fit into that around it");
  return { type, content: at + head, end: at + size };
}

/**
 * The boxes that the whole of a content holds. A few bytes at its end may be none, as QuickTime has them.
 *
 * @throws {MalformedFile} where one does not fit
 */
export function* boxes(content: Uint8Array): Generator<readonly [type: string, content: Uint8Array]> {
  for (let at = 0; at + 8 <= content.length;) {
    const { type, content: from, end } = boxHead(content.subarray(at), at, content.length);
    yield [type, content.subarray(from, end)];
    at = end;
  }
}

/** The first box at a path of types, such as `mdia/minf/stbl`. */
export function boxAt(content: Uint8Array, path: string): Uint8Array | undefined {
  const cut = path.indexOf("/");
  const name = cut < 0 ? path : path.slice(0, cut);
  for (const [type, inside] of boxes(content)) {
    if (type === name) return cut < 0 ? inside : boxAt(inside, path.slice(cut + 1));
  }
  return undefined;
}

/** @throws {RangeError} of DataView where there is not enough; {@link mp4Guard} makes it a MalformedFile */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/**
 * Runs what reads fields of boxes.
 *
 * @throws {MalformedFile} where a box is too short for its fields
 */
export function mp4Guard<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedFile("a box is too short");
    throw error;
  }
}
