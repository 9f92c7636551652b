import { PlayerError, toPlayerError } from "./errors.ts";
import { isPassing } from "./passing.ts";
import type { RangedFile } from "./ranged_file.ts";
import { DEFAULT_READ_SETTINGS } from "./range_reader.ts";
import type { RemoteFile } from "./remote_file.ts";

/** Failures in a row, without a byte between them, after which a read is given up. */
const MAX_FAILURES = 6;

/** Before a third and later try, in milliseconds, times the failures so far. */
const FAILURE_PAUSE_MS = 250;

/** Opens files for as long as it lasts, as a {@link Session} does. */
export interface FileOpener {
  open(path: string, signal?: AbortSignal): Promise<RemoteFile>;
}

/** A file that outlives the connection it was opened on. */
export class PersistentFile implements RangedFile {
  /** Bytes that a read asks for ahead of what is taken, from now on. */
  window = DEFAULT_READ_SETTINGS.window;
  readonly #nextOpener: (signal?: AbortSignal) => Promise<FileOpener>;
  #current: Promise<RemoteFile> | undefined;
  #closed = false;

  private constructor(
    /** Inside the share. */
    readonly path: string,
    /** Base name, as the box has it. */
    readonly name: string,
    /** Bytes; `Infinity` where it is not known. */
    readonly size: number,
    nextOpener: (signal?: AbortSignal) => Promise<FileOpener>,
  ) {
    this.#nextOpener = nextOpener;
  }

  /** @throws {PlayerError} as {@link Session.open} */
  static async open(
    path: string,
    nextOpener: (signal?: AbortSignal) => Promise<FileOpener>,
    signal?: AbortSignal,
  ): Promise<PersistentFile> {
    for (let failures = 0;;) {
      const opener = await nextOpener(signal);
      const opening = opener.open(path, signal);
      try {
        const { name, size } = await opening;
        const file = new PersistentFile(path, name, size, nextOpener);
        file.#remember(opening);
        return file;
      } catch (cause) {
        if (!isPassing(toPlayerError(cause)) || ++failures >= MAX_FAILURES) throw cause;
        if (failures > 1) await pause(failures * FAILURE_PAUSE_MS);
      }
    }
  }

  /**
   * As {@link RemoteFile.read}; where the connection breaks, it goes on over the next one at the byte
   * where it stopped.
   */
  read(
    offset: number,
    length = Infinity,
    options: { signal?: AbortSignal } = {},
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const end = Math.min(offset + length, this.size);
    const window = () => this.window;
    let at = offset;
    let failures = 0;
    let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        while (true) {
          try {
            reader ??= (await this.#file(signal)).read(at, end - at, { signal, window }).getReader();
            const { done, value } = await reader.read();
            if (done) return controller.close();
            at += value.byteLength;
            failures = 0;
            return controller.enqueue(value);
          } catch (cause) {
            reader = undefined;
            const error = toPlayerError(cause);
            if (!isPassing(error) || signal.aborted || ++failures >= MAX_FAILURES) throw error;
            if (failures > 1) await pause(failures * FAILURE_PAUSE_MS);
          }
        }
      },
      // The signal ends the inner stream and any wait for a session.
      cancel: () => stop.abort(),
    }, { highWaterMark: 0 });
  }

  /** Closes the file's channel. */
  close(): void {
    this.#closed = true;
    this.#current?.then((file) => file.close(), () => {});
  }

  /** The file on the session in use. Opened once, however many reads wait for it. */
  async #file(signal: AbortSignal): Promise<RemoteFile> {
    if (this.#closed) throw new PlayerError("closed", "The file was closed.");
    if (this.#current) return await this.#current;
    const opener = await this.#nextOpener(signal);
    if (!this.#current) {
      // Without the read's signal: others may wait for the same file.
      const opening = opener.open(this.path).then((file) => {
        if (file.size === this.size) return file;
        file.close();
        throw new PlayerError("read-error", "The file on the box has changed. Open it again.");
      });
      this.#remember(opening);
    }
    return await this.#current!;
  }

  #remember(file: Promise<RemoteFile>): void {
    this.#current = file;
    const forget = () => {
      if (this.#current === file) this.#current = undefined;
    };
    file.then((file) => file.closed.then(forget), forget);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
