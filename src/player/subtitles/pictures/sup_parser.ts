import { type DisplaySet, MAX_SET } from "./display_set.ts";
import { concat } from "../../client/concat.ts";
import { SEGMENT, SEGMENT_HEAD } from "./segment.ts";

/** Of what stands before each segment's type and size: "PG", when it is shown and when it is decoded, in bytes. */
const TIMES = 10;
const HEAD = TIMES + SEGMENT_HEAD;

/** Of the times, a second. */
const CLOCK = 90_000;

/** Segments of one display set, at most: 64 objects in parts, and what belongs to them. */
const MAX_SEGMENTS = 4_096;

/** A display set, and where it begins in the bytes that it was found in. */
export interface FoundSet extends DisplaySet {
  readonly offset: number;
}

export interface ParsedSup {
  readonly sets: readonly FoundSet[];
  /** Where the first one begins that the bytes do not hold whole. */
  readonly used: number;
}

/** The display sets in bytes from any place of a SUP file; what is none is gone over. */
export function parseSup(bytes: Uint8Array): ParsedSup {
  const sets: FoundSet[] = [];
  let at = 0;
  while ((at = nextSet(bytes, at)) < bytes.length) {
    const found = setAt(bytes, at);
    if (found === "more") break;
    if (found === undefined) at++;
    else {
      sets.push(found.set);
      at = found.end;
    }
  }
  return { sets, used: at };
}

/** Where a display set begins, or might that the bytes do not show whole; else their end. */
function nextSet(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x50, from); at >= 0; at = bytes.indexOf(0x50, at + 1)) {
    if (at + HEAD > bytes.length) return at;
    if (bytes[at + 1] === 0x47 && bytes[at + TIMES] === SEGMENT.Composition) return at;
  }
  return bytes.length;
}

/** @returns undefined where there is none, or a broken one */
function setAt(bytes: Uint8Array, from: number): { set: FoundSet; end: number } | "more" | undefined {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let at = from; parts.length < MAX_SEGMENTS && size <= MAX_SET;) {
    if (at + HEAD > bytes.length) return "more";
    if (bytes[at] !== 0x50 || bytes[at + 1] !== 0x47) return undefined;
    const type = bytes[at + TIMES]!;
    // Another one begins where this one should have ended.
    if (type === SEGMENT.Composition && at !== from) return undefined;
    const end = at + HEAD + (bytes[at + HEAD - 2]! << 8 | bytes[at + HEAD - 1]!);
    if (end > bytes.length) return "more";
    parts.push(bytes.subarray(at + TIMES, end));
    size += end - at - TIMES;
    at = end;
    if (type !== SEGMENT.End) continue;
    const start = new DataView(bytes.buffer, bytes.byteOffset + from).getUint32(2) / CLOCK;
    return { set: { start, bytes: concat(parts, size), offset: from }, end };
  }
  return undefined;
}
