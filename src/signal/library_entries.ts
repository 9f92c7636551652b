/** What the library channel tells of a share. */

export type EntryKind = "dir" | "file";

/** One name in a directory. */
export interface ListEntry {
  readonly name: string;
  readonly kind: EntryKind;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** As {@link ListEntry}, with the path inside the share, `/` between its parts. */
export interface SearchEntry {
  readonly path: string;
  readonly kind: EntryKind;
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** One page of a directory. */
export interface ListPage {
  readonly entries: readonly ListEntry[];
  /** Asks for the next page; null at the end. */
  readonly cursor: string | null;
}

/** What a search found. */
export interface SearchPage {
  readonly entries: readonly SearchEntry[];
  /** Whether there is more than was asked for. */
  readonly truncated: boolean;
}
