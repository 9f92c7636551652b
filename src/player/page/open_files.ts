import type { PersistentFile } from "../client/persistent_file.ts";
import type { PersistentSession } from "../client/persistent_session.ts";
import type { FileLease, FileSource } from "../media/media_bridge.ts";

/** A seek closes one request and opens the next: the file between them is kept open this long. */
const KEEP_MS = 30_000;

interface Entry {
  readonly file: Promise<PersistentFile>;
  users: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** The files in use, one data channel each, shared by all requests for the same path. */
export class OpenFiles implements FileSource {
  readonly #session: PersistentSession;
  readonly #entries = new Map<string, Entry>();

  constructor(session: PersistentSession) {
    this.#session = session;
  }

  /** @throws {PlayerError} as {@link PersistentSession.open} */
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

  #open(path: string): Entry {
    const entry = { file: this.#session.open(path), users: 0 };
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
