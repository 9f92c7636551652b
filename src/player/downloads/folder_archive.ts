import { aborted, PlayerError, toPlayerError } from "../client/errors.ts";
import type { PersistentFile } from "../client/persistent_file.ts";
import type { TreeEntry } from "./folder_tree.ts";
import { joined, pieces } from "./pieces.ts";
import { safeName, UniqueNames } from "./safe_name.ts";
import { zip, zipLength, type ZipSource } from "./zip.ts";

/** Opens a file of the box. */
export type OpenFile = (path: string, signal: AbortSignal) => Promise<ArchiveFile>;

export type ArchiveFile = Pick<PersistentFile, "size" | "read" | "close">;

/** Files that are opened while the one before them is read: each costs a round trip. */
const AHEAD = 4;

/** In the archive, where files were left out. */
const MISSING_NAME = "MISSING.txt";

/**
 * A folder as one ZIP archive, made while it is read.
 *
 * A file that cannot be opened is left out, and `MISSING.txt` in the archive says so. One that breaks off in the
 * middle breaks the archive off: its beginning is under way already.
 */
export class FolderArchive {
  /** File name of the archive. */
  readonly name: string;

  readonly #entries: readonly TreeEntry[];
  readonly #open: OpenFile;
  /** Of the entries, in their order. */
  readonly #names: readonly string[] = [];
  readonly #missingName: string;
  readonly #missing: string[] = [];
  #length: number;

  /** @param folderName of the folder that all is in */
  constructor(folderName: string, entries: readonly TreeEntry[], open: OpenFile) {
    this.#entries = entries;
    this.#open = open;
    const top = safeName(folderName);
    this.name = `${top}.zip`;
    const unique = new UniqueNames();
    // The parent of an entry comes before it.
    const folders = new Map([["", `${top}/`]]);
    this.#names = entries.map(({ parts, isFolder }) => {
      const parent = folders.get(keyOf(parts.slice(0, -1)))!;
      const name = unique.give(parent, parts.at(-1)!);
      if (!isFolder) return name;
      folders.set(keyOf(parts), `${name}/`);
      return `${name}/`;
    });
    this.#missingName = unique.give(`${top}/`, MISSING_NAME);
    this.#length = zipLength(entries.map((entry, i) => this.#source(entry, i)));
  }

  /** Bytes of the archive, as far as is known: exact unless files change or cannot be opened. */
  get length(): number {
    return this.#length;
  }

  /** How many files were left out so far. */
  get missing(): number {
    return this.#missing.length;
  }

  /**
   * The archive's bytes, once.
   *
   * @throws {PlayerError} read-error where a file breaks off in the middle; else as opening and reading do
   */
  async *bytes(signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    yield* joined(zip(this.#sources(signal)));
  }

  #source({ size, modified }: TreeEntry, index: number): ZipSource {
    return { name: this.#names[index]!, modified, size };
  }

  async *#sources(signal: AbortSignal): AsyncGenerator<ZipSource> {
    const opening = new Map<number, Promise<ArchiveFile | PlayerError>>();
    let next = 0;
    try {
      for (const [index, entry] of this.#entries.entries()) {
        if (signal.aborted) throw aborted(signal);
        const source = this.#source(entry, index);
        if (entry.isFolder) {
          yield source;
          continue;
        }
        for (; next < this.#entries.length && opening.size < AHEAD; next++) {
          const { path, isFolder } = this.#entries[next]!;
          if (!isFolder) opening.set(next, this.#open(path, signal).catch(toPlayerError));
        }
        const file = await opening.get(index)!;
        opening.delete(index);
        if (file instanceof PlayerError) {
          if (!isOfTheFile(file)) throw file;
          this.#leaveOut(entry, source);
          continue;
        }
        try {
          this.#length += file.size - entry.size;
          yield { ...source, size: file.size, content: contentOf(file, entry.path, signal) };
        } finally {
          file.close();
        }
      }
    } finally {
      for (const file of opening.values()) {
        void file.then((file) => file instanceof PlayerError || file.close());
      }
    }
    if (this.#missing.length > 0) yield this.#list();
  }

  #leaveOut(entry: TreeEntry, source: ZipSource): void {
    this.#missing.push(entry.path);
    this.#length -= zipLength([source]) - zipLength([]);
  }

  #list(): ZipSource {
    const heading = "These files could not be read on the box and are not in this archive:\r\n\r\n";
    const content = new TextEncoder().encode(heading + this.#missing.join("\r\n") + "\r\n");
    const source = { name: this.#missingName, modified: Date.now(), size: content.byteLength };
    this.#length += zipLength([source]) - zipLength([]);
    return { ...source, content: once(content) };
  }
}

/** Whether the error says something of the one file, not of the connection. */
function isOfTheFile({ type }: PlayerError): boolean {
  return type === "not-found" || type === "read-error";
}

async function* contentOf(
  file: ArchiveFile,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (!Number.isFinite(file.size)) throw new PlayerError("read-error", `The size of ${path} is not known.`);
  if (file.size === 0) return;
  try {
    yield* pieces(file.read(0, file.size, { signal }));
  } catch (cause) {
    const error = toPlayerError(cause);
    if (!isOfTheFile(error)) throw error;
    throw new PlayerError("read-error", `${path} could not be read to its end. ${error.message}`, { cause });
  }
}

async function* once(piece: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield piece;
}

/** No name has a NUL. */
function keyOf(parts: readonly string[]): string {
  return parts.join("\0");
}
