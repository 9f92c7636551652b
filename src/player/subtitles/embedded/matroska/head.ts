import { MatroskaScanner } from "./scanner.ts";

/** What a look at the beginning of a file needs, in bytes: the tracks lie there, with all they tell. */
export const HEAD_SIZE = 64 << 10;

/**
 * Whether a Matroska file, WebM too, has text inside. Browsers that play such files show none of it, and all of
 * the file has to be read to find it: who plays it piece by piece reads it once.
 *
 * @param head {@link HEAD_SIZE} bytes, or the whole file
 */
export function hasText(head: Uint8Array): boolean {
  const scanner = new MatroskaScanner(Infinity);
  scanner.push(0, head);
  return scanner.tracks?.tracks.some(({ format }) => format !== undefined && format !== "pgs") ?? false;
}
