import type { PersistentFile } from "../client/persistent_file.ts";
import { EagerFile } from "./eager_file.ts";
import type { FileLease, FileSource } from "./media_bridge.ts";

/** A seek closes one request and opens the next: the file between them is kept open this long. */
const KEEP_MS = 30_000;

/** What a player wants to have ahead, in seconds, */
const AHEAD_SECONDS = 30;
/** and what that may be, in bytes. */
const MIN_WINDOW = 4 << 20;
const MAX_WINDOW = 64e6;

/** Opens files that outlive connections, as `PersistentSession` does. */
interface Opener {
  open(path: string): Promise<PersistentFile>;
}

interface Entry {
  readonly file: Promise<EagerFile>;
  users: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** The files in use, one data channel each, shared by all requests for the same path. */
export class OpenFiles implements FileSource {
  readonly #opener: Opener;
  readonly #entries = new Map<string, Entry>();

  constructor(opener: Opener) {
    this.#opener = opener;
  }

  async use(path: string): Promise<FileLease> {
    const entry = this.#entries.get(path) ?? this.#open(path);
    clearTimeout(entry.timer);
    entry.users++;
    try {
      const file = await entry.file;
      return { file, release: (failed) => this.#release(path, entry, failed) };
    } catch (error) {
      this.#release(path, entry, true);
      throw error;
    }
  }

  need(path: string, bytesPerSecond: number): void {
    const window = Math.min(Math.max(AHEAD_SECONDS * bytesPerSecond, MIN_WINDOW), MAX_WINDOW);
    this.#entries.get(path)?.file.then((file) => file.window = window, () => {});
  }

  #open(path: string): Entry {
    const entry = { file: this.#opener.open(path).then((file) => new EagerFile(file)), users: 0 };
    this.#entries.set(path, entry);
    return entry;
  }

  #release(path: string, entry: Entry, failed: boolean): void {
    // What failed is opened anew by the next use: the file may have changed.
    if (failed) this.#forget(path, entry);
    if (--entry.users > 0) return;
    entry.timer = setTimeout(() => {
      this.#forget(path, entry);
      entry.file.then((file) => file.close(), () => {});
    }, failed ? 0 : KEEP_MS);
  }

  #forget(path: string, entry: Entry): void {
    if (this.#entries.get(path) === entry) this.#entries.delete(path);
  }
}
