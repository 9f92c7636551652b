import { LIST_PAGE, SEARCH_LIMIT } from "../signal/library_api.ts";
import type { ListEntry, ListPage, SearchEntry, SearchPage } from "../signal/library_entries.ts";
import { isLegalName } from "./path_rules.ts";
import { SearchWords } from "./search_words.ts";
import type { ScopedShare } from "./scoped_share.ts";
import { ShareError } from "./share.ts";
import { sortedNames } from "./sorted_names.ts";
import { TimeSlice } from "./time_slice.ts";

/** Names that are looked at for one page: of those that are not served a page could hold any number. */
const MAX_LOOKED_AT = 2_000;

/** Bounds of a search: levels, entries, milliseconds. */
const SEARCH_DEPTH = 16;
const SEARCH_ENTRIES = 200_000;
const SEARCH_MS = 5_000;

/** JSON of one answer, in UTF-16 code units: well inside the smallest message size a viewer may have. */
const MAX_ANSWER_LENGTH = 32_768;

/** How long the sorted names of the directory shown last are good for, in milliseconds. */
const NAMES_KEPT_MS = 15_000;

/**
 * Shows what the share holds, as far as a link allows it, to one viewer: one question after the other, in slices of time. Names are
 * of the moment; a local writer who swaps folders meanwhile can have names of another folder shown.
 */
export class Library {
  readonly #scoped: ScopedShare;
  #names: { directory: string; names: readonly string[]; readAt: number } | undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(scoped: ScopedShare) {
    this.#scoped = scoped;
  }

  get #share() {
    return this.#scoped.share;
  }

  /**
   * One page of a directory, sorted by name, at most {@link LIST_PAGE} entries; a page may be empty and
   * not the last one.
   *
   * @param cursor of the page before, or null for the first
   * @throws {ShareError}
   */
  list(path: string, cursor: string | null): Promise<ListPage> {
    return this.#inTurn(() => this.#list(path, cursor));
  }

  /**
   * Files and folders whose name holds all words of `query`. Links to folders are not followed.
   *
   * @throws {ShareError}
   */
  search(query: string, limit: number, signal: AbortSignal): Promise<SearchPage> {
    return this.#inTurn(() => this.#search(query, limit, signal));
  }

  /** Gives back what is kept for the next page. */
  forget(): void {
    this.#names = undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }

  async #list(path: string, cursor: string | null): Promise<ListPage> {
    this.#scoped.checkListing(path);
    if (this.#share.isTop(path)) return { entries: await this.#roots(), cursor: null };
    const place = await this.#scoped.findFolder(path);
    const names = await this.#sortedNames(place.real, cursor === null);
    const page = await this.#page(place.real, names, cursor);
    if (page.cursor === null) this.forget();
    if (!await this.#share.isCanonical(place.real)) {
      this.forget();
      throw new ShareError("path-not-allowed", "the path is not allowed");
    }
    return page;
  }

  async #page(directory: string, names: readonly string[], cursor: string | null): Promise<ListPage> {
    const entries: ListEntry[] = [];
    let length = 0;
    const start = cursor === null ? 0 : indexAfter(names, cursor);
    for (let index = start; index < names.length; index++) {
      if (index - start >= MAX_LOOKED_AT) return { entries, cursor: names[index - 1]! };
      const entry = await this.#entry(directory, names[index]!);
      if (entry === undefined) continue;
      length += JSON.stringify(entry).length;
      if (entries.length >= LIST_PAGE || (length > MAX_ANSWER_LENGTH && entries.length > 0)) {
        return { entries, cursor: names[index - 1]! };
      }
      entries.push(entry);
    }
    return { entries, cursor: null };
  }

  async #roots(): Promise<ListEntry[]> {
    return await Promise.all(this.#share.roots.map(async ({ name, path }) => {
      const info = await Deno.stat(path).catch(() => undefined);
      return { name, kind: "dir" as const, size: 0, modified: info?.mtime?.getTime() ?? 0 };
    }));
  }

  async #sortedNames(directory: string, fresh: boolean): Promise<readonly string[]> {
    const known = this.#names;
    if (
      !fresh && known?.directory === directory && performance.now() - known.readAt < NAMES_KEPT_MS
    ) return known.names;
    this.forget();
    const names = await sortedNames(directory).catch(() => {
      throw new ShareError("path-not-allowed", "the folder cannot be read");
    });
    this.#names = { directory, names, readAt: performance.now() };
    return names;
  }

  /** What is shown of a name, or undefined for what is not served. */
  async #entry(directory: string, name: string): Promise<ListEntry | undefined> {
    try {
      const path = below(directory, name);
      let info = await Deno.lstat(path);
      // A link is shown as what it leads to, where that may be seen.
      if (info.isSymlink) info = (await this.#scoped.lookUp(path)).info;
      const modified = info.mtime?.getTime() ?? 0;
      if (info.isDirectory) return { name, kind: "dir", size: 0, modified };
      if (info.isFile) return { name, kind: "file", size: info.size, modified };
    } catch {
      // Gone in the meantime, not readable, or a link that leads outside.
    }
    return undefined;
  }

  async #search(query: string, limit: number, signal: AbortSignal): Promise<SearchPage> {
    const tops = await this.#tops();
    const search: Search = {
      words: new SearchWords(query),
      limit: Math.min(limit, SEARCH_LIMIT),
      until: performance.now() + SEARCH_MS,
      signal,
      slice: new TimeSlice(),
      seen: 0,
      length: 0,
      entries: [],
      truncated: false,
    };
    for (const { directory, prefix } of tops) await this.#walk(search, directory, prefix, 1);
    return { entries: search.entries, truncated: search.truncated };
  }

  /** Folders to search, and what viewers' paths of what is in them begin with. */
  async #tops(): Promise<{ directory: string; prefix: string }[]> {
    const { roots } = this.#share;
    const { path } = this.#scoped.scope;
    if (path === "") {
      this.#scoped.checkListing(path);
      return roots.map((root) => ({
        directory: root.path,
        prefix: roots.length > 1 ? `${root.name}/` : "",
      }));
    }
    return [{ directory: (await this.#scoped.findFolder(path)).real, prefix: `${path}/` }];
  }

  async #walk(search: Search, directory: string, prefix: string, depth: number): Promise<void> {
    try {
      for await (const { name, isDirectory, isSymlink } of Deno.readDir(directory)) {
        if (search.slice.over) await search.slice.next();
        if (!goesOn(search)) return;
        if (!isLegalName(name)) continue;
        if (search.words.in(name)) await this.#found(search, directory, prefix, name);
        if (isDirectory && !isSymlink && depth < SEARCH_DEPTH) {
          await this.#walk(search, below(directory, name), `${prefix}${name}/`, depth + 1);
        }
      }
    } catch {
      // A folder that cannot be read holds nothing to find.
    }
  }

  async #found(search: Search, directory: string, prefix: string, name: string): Promise<void> {
    const entry = await this.#entry(directory, name);
    if (entry === undefined || !await this.#share.isCanonical(directory)) return;
    const { name: _, ...rest } = entry;
    const found = { path: prefix + name, ...rest };
    search.length += JSON.stringify(found).length;
    search.truncated = search.entries.length >= search.limit || search.length > MAX_ANSWER_LENGTH;
    if (!search.truncated) search.entries.push(found);
  }
}

interface Search {
  readonly words: SearchWords;
  readonly limit: number;
  readonly until: number;
  readonly signal: AbortSignal;
  readonly slice: TimeSlice;
  readonly entries: SearchEntry[];
  seen: number;
  length: number;
  truncated: boolean;
}

function goesOn(search: Search): boolean {
  if (search.truncated || search.signal.aborted) return false;
  search.truncated = ++search.seen > SEARCH_ENTRIES || performance.now() > search.until;
  return !search.truncated;
}

function below(directory: string, name: string): string {
  return `${directory.replace(/[\\/]$/, "")}/${name}`;
}

/** The index of the first name after `cursor`, which need no longer be there. */
function indexAfter(names: readonly string[], cursor: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle]! <= cursor) low = middle + 1;
    else high = middle;
  }
  return low;
}
