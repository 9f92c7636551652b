/// <reference lib="dom" />
import { aborted } from "../client/errors.ts";
import type { PersistentFile } from "../client/persistent_file.ts";
import type { RangedFile } from "../client/ranged_file.ts";

/** What is asked for at once, in bytes: what says of most films what they are, and their first pictures. */
export const HEAD_SIZE = 786_432;

/** A piece that is handed over, in bytes. */
const PIECE = 131_072;

/**
 * A file whose first bytes are asked for when it is opened, and kept: whoever opens a file looks at its
 * beginning, then has it played from there, and each of these would be another round trip.
 */
export class EagerFile implements RangedFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly #file: PersistentFile;
  readonly #head: Uint8Array<ArrayBuffer>;
  readonly #stop = new AbortController();
  /** Bytes of the head that are here; none come any more once `#settled`. */
  #received = 0;
  #settled = false;
  #waiting: (() => void)[] = [];

  constructor(file: PersistentFile) {
    this.#file = file;
    ({ path: this.path, name: this.name, size: this.size } = file);
    this.#head = new Uint8Array(Math.min(file.size, HEAD_SIZE));
    if (this.#head.byteLength === 0) this.#settled = true;
    else void this.#load();
  }

  /** As of {@link PersistentFile}. */
  set window(bytes: number) {
    this.#file.window = bytes;
  }

  read(
    offset: number,
    length = Infinity,
    options: { readonly signal?: AbortSignal } = {},
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (!this.#has(offset)) return this.#file.read(offset, length, options);
    const { signal } = options;
    const stop = new AbortController();
    const ended = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const end = Math.min(offset + length, this.size);
    let at = offset;
    let rest: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
    let first: Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>> | undefined;
    const goOn = () => {
      const from = this.#settled ? this.#received : this.#head.byteLength;
      rest = this.#file.read(Math.max(at, from), end - Math.max(at, from), { signal: ended }).getReader();
      first = rest.read();
      first.catch(() => {});
    };
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        if (at >= end) return controller.close();
        while (this.#received <= at && !this.#settled && !ended.aborted) await this.#more(ended);
        if (ended.aborted) throw aborted(ended);
        if (at < this.#received) {
          // The line is not to idle between the head and what follows.
          const rests = end > this.#head.byteLength && this.#received >= this.#head.byteLength / 2;
          if (rests && rest === undefined) goOn();
          // Whoever takes it may hand its memory on.
          const piece = this.#head.slice(at, Math.min(at + PIECE, this.#received, end));
          at += piece.byteLength;
          controller.enqueue(piece);
          if (at >= end) controller.close();
          return;
        }
        if (rest === undefined) goOn();
        const { done, value } = await (first ?? rest!.read());
        first = undefined;
        if (done) return controller.close();
        at += value.byteLength;
        controller.enqueue(value);
      },
      cancel: () => stop.abort(),
    }, { highWaterMark: 0 });
  }

  /** Closes the file's channel. */
  close(): void {
    this.#stop.abort();
    this.#file.close();
  }

  /** Whether the byte at `offset` is in the head, or will be. */
  #has(offset: number): boolean {
    const end = this.#settled ? this.#received : this.#head.byteLength;
    return Number.isSafeInteger(offset) && offset >= 0 && offset < end;
  }

  async #load(): Promise<void> {
    try {
      const bytes = this.#file.read(0, this.#head.byteLength, { signal: this.#stop.signal });
      for await (const piece of bytes) {
        this.#head.set(piece, this.#received);
        this.#received += piece.byteLength;
        this.#wake();
      }
    } catch {
      // Whoever reads on gets the reason from the file itself.
    }
    this.#settled = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves when there is more of the head, or there will be none, or `signal` is aborted. */
  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      signal.addEventListener("abort", wake, { once: true });
      this.#waiting.push(wake);
    });
  }
}
