import type { ListPage } from "../../signal/library_entries.ts";
import { PlayerError } from "../client/errors.ts";

/** The most files and folders in one archive. */
export const MAX_ENTRIES = 100_000;

/** The most folders inside one another. */
export const MAX_DEPTH = 32;

/** Lists one page of a folder, as a session does. */
export interface Lister {
  list(path: string, cursor: string | null, signal?: AbortSignal): Promise<ListPage>;
}

/** Something inside a folder. */
export interface TreeEntry {
  /** Inside the share. */
  readonly path: string;
  /** Of the parts below the folder; the last is the entry's own. */
  readonly parts: readonly string[];
  readonly isFolder: boolean;
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/**
 * All that is in a folder, a folder before what it holds.
 *
 * @param onCount told how many there are so far
 * @throws {PlayerError} read-error where there are more than {@link MAX_ENTRIES}, or deeper than
 *   {@link MAX_DEPTH}; else as listing does
 */
export async function folderTree(
  lister: Lister,
  path: string,
  signal: AbortSignal,
  onCount: (count: number) => void = () => {},
): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const folders: { readonly path: string; readonly parts: readonly string[] }[] = [{ path, parts: [] }];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    if (folder.parts.length >= MAX_DEPTH) {
      throw new PlayerError(
        "read-error",
        `This folder has more than ${MAX_DEPTH} folders inside one another. Download a part of it.`,
      );
    }
    let cursor: string | null = null;
    do {
      const page: ListPage = await lister.list(folder.path, cursor, signal);
      for (const { name, kind, size, modified } of page.entries) {
        const entry: TreeEntry = {
          path: folder.path === "" ? name : `${folder.path}/${name}`,
          parts: [...folder.parts, name],
          isFolder: kind === "dir",
          size: kind === "dir" ? 0 : size,
          modified,
        };
        entries.push(entry);
        if (entry.isFolder) folders.push(entry);
      }
      if (entries.length > MAX_ENTRIES) throw new PlayerError("read-error", TOO_MANY);
      onCount(entries.length);
      cursor = page.cursor;
    } while (cursor !== null);
  }
  return entries;
}

const TOO_MANY = `This folder holds more than ${MAX_ENTRIES.toLocaleString("en")} files. ` +
  "Download the folders in it one by one.";

/**
 * What the box lists of one file.
 *
 * @throws {PlayerError} not-found where it is not listed; else as listing does
 */
export async function fileEntry(
  lister: Lister,
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly size: number; readonly modified: number }> {
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  let cursor: string | null = null;
  do {
    const page: ListPage = await lister.list(slash < 0 ? "" : path.slice(0, slash), cursor, signal);
    const found = page.entries.find((entry) => entry.name === name && entry.kind === "file");
    if (found) return { size: found.size, modified: found.modified };
    cursor = page.cursor;
  } while (cursor !== null);
  throw new PlayerError("not-found", "The file is not on the box any more.");
}
