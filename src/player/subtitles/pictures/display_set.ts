import { SEGMENT, SEGMENT_HEAD } from "./segment.ts";

/** What changes a picture subtitle: it is shown until the next one. */
export interface DisplaySet {
  /** Seconds. */
  readonly start: number;
  /** Its segments, each with its type and size, without the times that SUP files put before each. */
  readonly bytes: Uint8Array;
}

/** The display sets around a place of a film: all that are shown between two times, and what those build on. */
export interface PictureWindow {
  /** Seconds. */
  readonly from: number;
  readonly until: number;
  /** By their time. */
  readonly sets: readonly DisplaySet[];
}

/** One display set, at most, in bytes; larger ones are not shown. The decoder of a disc player holds 1 MiB. */
export const MAX_SET = 2 << 20;
/** Those of one window together, at most, in bytes. */
export const MAX_WINDOW = 8 << 20;
/** So far ahead of what is shown they are fetched, in seconds. */
export const AHEAD = 30;
/** So many may build on one another; an epoch that fades in and out has some 60. */
export const MAX_CHAIN = 96;

/** Where composition_state and number_of_composition_objects are in a display set that begins as it should. */
const STATE = SEGMENT_HEAD + 7;
const COUNT = SEGMENT_HEAD + 10;

/** Whether it builds on nothing that was before it: at the beginning of an epoch, and where decoding may begin. */
export function standsAlone({ bytes }: DisplaySet): boolean {
  return bytes[0] !== SEGMENT.Composition || (bytes[STATE] ?? 0xff) !== 0;
}

/** Whether it shows nothing: then it needs nothing that was before it, either. */
export function isClear({ bytes }: DisplaySet): boolean {
  return bytes[0] === SEGMENT.Composition && bytes[COUNT] === 0;
}

/** The last of `sets` that has begun; -1 before the first. */
export function dueAt(sets: readonly { readonly start: number }[], time: number): number {
  let [low, high] = [0, sets.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sets[middle]!.start <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where decoding of one begins; -1 where that is not among them. */
export function chainBegin(sets: readonly DisplaySet[], due: number): number {
  if (isClear(sets[due]!)) return due;
  for (let at = due; at >= 0 && at > due - MAX_CHAIN; at--) if (standsAlone(sets[at]!)) return at;
  return -1;
}
