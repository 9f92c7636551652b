import type { Scope } from "../trust/scope.ts";
import { Library } from "./library.ts";
import { ScopedShare } from "./scoped_share.ts";
import type { OpenedFile, Share } from "./share.ts";

/** What one session serves, as far as its viewer may see it: one file, or the library and the files in it. */
export class SessionContent {
  readonly #path: string;
  #scoped: ScopedShare;
  #library: Library;
  /** Opened, and waiting for its channel. */
  #file: OpenedFile | undefined;
  #closed = false;

  /** @param path of the one file; `""` for the library */
  constructor(share: Share, path: string) {
    this.#path = path;
    this.#scoped = new ScopedShare(share);
    this.#library = new Library(this.#scoped);
  }

  /** Whether it is one file. */
  get single(): boolean {
    return this.#path !== "";
  }

  /** Base name of the file that waits, or the library. */
  get name(): string {
    return this.#file?.name ?? "library";
  }

  /** Whether a file waits for its channel. */
  get waits(): boolean {
    return this.#file !== undefined;
  }

  get library(): Library {
    return this.#library;
  }

  /** From here on the viewer may see no more than `scope`. */
  restrict(scope: Scope): void {
    this.#scoped = new ScopedShare(this.#scoped.share, scope);
    this.#library = new Library(this.#scoped);
    // Opened before the scope was known.
    if (!this.#scoped.isWhole) this.#takeBack();
  }

  /**
   * Opens the one file, where it is not open yet.
   *
   * @throws {ShareError}
   */
  async prepare(): Promise<void> {
    if (!this.single || this.#file !== undefined) return;
    const file = await this.#scoped.openFileOrVideo(this.#path);
    if (this.#closed) file.handle.close();
    else this.#file = file;
  }

  /** The one file, for whoever takes it over. */
  take(): OpenedFile {
    const file = this.#file!;
    this.#file = undefined;
    return file;
  }

  /** Opens a file of the library. @throws {ShareError} */
  openFile(path: string): Promise<OpenedFile> {
    return this.#scoped.openFile(path);
  }

  close(): void {
    this.#closed = true;
    this.#takeBack();
  }

  #takeBack(): void {
    this.#file?.handle.close();
    this.#file = undefined;
  }
}
