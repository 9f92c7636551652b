import { type PersistentSession, PlayerError } from "../client/mod.ts";
import { mayList, type Scope, WHOLE_SHARE } from "../../trust/scope.ts";
import type { RowEntry } from "./row_entry.ts";
import { mergeEntries } from "./sorting.ts";

/** Entries of one folder; a folder with more is shown without its last ones. */
export const MAX_ENTRIES = 200_000;

/** Folders that are kept, and entries of all of them together. */
const MAX_LISTINGS = 16;
const MAX_KEPT = 300_000;

/** A list that is older than this is read anew when its folder is shown again, in milliseconds. */
const FRESH_MS = 30_000;

/** Between two reports of how far it is, in milliseconds. */
const TELL_MS = 250;

/** Where a folder was left. */
export interface Place {
  readonly path: string;
  /** Pixels from the top of the window. */
  readonly top: number;
}

/** What one folder holds, as far as it is known; what is not yet known is asked for page by page. */
export class Listing {
  readonly path: string;
  /** By name, folders first. */
  entries: readonly RowEntry[] = [];
  /** All of them are known. */
  complete = false;
  place: Place | undefined;
  readonly #session: Pick<PersistentSession, "list">;
  #cursor: string | null = null;
  #readAt = 0;

  /** @param isListed whether it is asked for at all; else it is known to be empty */
  constructor(session: Pick<PersistentSession, "list">, path: string, isListed = true) {
    this.#session = session;
    this.path = path;
    if (isListed) return;
    this.complete = true;
    this.#readAt = Infinity;
  }

  /**
   * Reads what is missing. A list that has become old stays until all of the new one is there, or the folder is
   * found to be gone.
   *
   * @param changed called when there is more to show, and at the end
   * @throws {PlayerError} as asking does, or aborted; another call goes on from there
   */
  async load(signal: AbortSignal, changed: () => void): Promise<void> {
    try {
      await this.#bringUpToDate(signal, changed);
    } catch (cause) {
      if (cause instanceof PlayerError && cause.type === "not-found") this.#forget();
      throw cause;
    }
  }

  async #bringUpToDate(signal: AbortSignal, changed: () => void): Promise<void> {
    if (!this.complete) await this.#read(signal, changed);
    else if (performance.now() - this.#readAt >= FRESH_MS) {
      const anew = new Listing(this.#session, this.path);
      await anew.#read(signal, () => {});
      this.entries = anew.entries;
      this.#readAt = anew.#readAt;
      changed();
    }
  }

  #forget(): void {
    this.entries = [];
    this.complete = false;
    this.#cursor = null;
    this.place = undefined;
  }

  async #read(signal: AbortSignal, changed: () => void): Promise<void> {
    let told = -Infinity;
    do {
      const page = await this.#session.list(this.path, this.#cursor, signal);
      const prefix = this.path === "" ? "" : `${this.path}/`;
      const room = MAX_ENTRIES - this.entries.length;
      const added = page.entries.slice(0, room).map((entry) => ({ ...entry, path: prefix + entry.name }));
      this.entries = mergeEntries(this.entries, added);
      this.#cursor = page.cursor;
      this.complete = page.cursor === null || added.length >= room;
      if (!this.complete && performance.now() - told >= TELL_MS) {
        changed();
        told = performance.now();
      }
    } while (!this.complete);
    this.#readAt = performance.now();
    changed();
  }
}

/** The folders that were looked at last. */
export class Listings {
  readonly #session: Pick<PersistentSession, "list">;
  readonly #scope: Scope;
  readonly #known = new Map<string, Listing>();

  /** @param scope what the link opens: nothing else is asked for */
  constructor(session: Pick<PersistentSession, "list">, scope: Scope = WHOLE_SHARE) {
    this.#session = session;
    this.#scope = scope;
  }

  get(path: string): Listing {
    const listing = this.#known.get(path) ??
      new Listing(this.#session, path, mayList(this.#scope, path));
    // The latest at the end.
    this.#known.delete(path);
    let kept = 0;
    for (const { entries } of this.#known.values()) kept += entries.length;
    for (const [old, { entries }] of this.#known) {
      if (this.#known.size < MAX_LISTINGS && kept <= MAX_KEPT) break;
      this.#known.delete(old);
      kept -= entries.length;
    }
    this.#known.set(path, listing);
    return listing;
  }
}
