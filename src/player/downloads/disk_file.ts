/// <reference lib="dom" />
import { nextCommit } from "./commit_points.ts";

/** How long writing rests when the page may be about to close, in milliseconds. */
const REST_MS = 1_000;

/**
 * A file on this computer that is written from its beginning to its end.
 *
 * Browsers write into a copy that takes the file's place when it is closed. So what was written since the last
 * commit is lost in a crash; a page that is closed or reloaded commits on its way out.
 */
export class DiskFile {
  readonly #handle: FileSystemFileHandle;
  #stream: FileSystemWritableFileStream;
  #size: number;
  #next: number;
  #closed: Promise<void> | undefined;
  #rested: Promise<void> | undefined;

  private constructor(handle: FileSystemFileHandle, stream: FileSystemWritableFileStream, size: number) {
    this.#handle = handle;
    this.#stream = stream;
    this.#size = size;
    this.#next = nextCommit(size);
    globalThis.addEventListener("beforeunload", this.#rest);
    globalThis.addEventListener("pagehide", this.#leave);
  }

  /**
   * Goes on at the end of what is there.
   *
   * @throws {DOMException} NotAllowedError without permission, NotFoundError, QuotaExceededError
   */
  static async open(handle: FileSystemFileHandle): Promise<DiskFile> {
    const { size } = await handle.getFile();
    return new DiskFile(handle, await writable(handle, size), size);
  }

  /** Bytes written. */
  get size(): number {
    return this.#size;
  }

  /** Appends. @throws {DOMException} QuotaExceededError where the disk is full */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    // A write under way would keep the page from committing when it closes.
    while (this.#rested) await this.#rested;
    await this.#stream.write(bytes);
    this.#size += bytes.byteLength;
    if (this.#size < this.#next) return;
    await this.#stream.close();
    this.#stream = await writable(this.#handle, this.#size);
    this.#next = nextCommit(this.#size);
  }

  /** Commits what was written. May be called again. */
  close(): Promise<void> {
    this.#forget();
    return this.#closed ??= this.#stream.close();
  }

  /** Throws away what was written since the last commit. */
  async abort(): Promise<void> {
    this.#forget();
    await this.#stream.abort().catch(() => {});
  }

  readonly #rest = () => {
    this.#rested ??= new Promise((resolve) =>
      setTimeout(() => {
        this.#rested = undefined;
        resolve();
      }, REST_MS)
    );
  };

  readonly #leave = () => void this.close().catch(() => {});

  #forget(): void {
    globalThis.removeEventListener("beforeunload", this.#rest);
    globalThis.removeEventListener("pagehide", this.#leave);
  }
}

async function writable(handle: FileSystemFileHandle, size: number): Promise<FileSystemWritableFileStream> {
  const stream = await handle.createWritable({ keepExistingData: size > 0 });
  await stream.seek(size);
  return stream;
}
