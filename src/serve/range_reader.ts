/** Read ahead for each response, in two blocks: one is sent while the other is read. */
const BLOCK = 256 * 1_024;

/** The first block is smaller, so that a seek has its first bytes soon. */
const FIRST_BLOCK = 64 * 1_024;

/** A read that takes longer is given up, in milliseconds. */
export const READ_TIMEOUT_MS = 30_000;

/** Why a range could not be read to its end. */
export class ReadError extends Error {
  override readonly name = "ReadError";

  constructor(readonly type: "short" | "failed" | "timeout", message: string) {
    super(message);
  }
}

/**
 * Positional reads of one open file for several responses at once.
 *
 * Deno has no positional read: a read is a seek and a read on one handle, so they are done one after
 * the other. Closing waits for a read that is under way, however long that hangs.
 */
export class RangeReader {
  readonly #file: Deno.FsFile;
  readonly #timeoutMs: number;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(file: Deno.FsFile, timeoutMs = READ_TIMEOUT_MS) {
    this.#file = file;
    this.#timeoutMs = timeoutMs;
  }

  /** A stream of `length` bytes from `offset`, which reads ahead from now on. */
  stream(offset: number, length: number, onready: () => void): RangeStream {
    return new RangeStream(this, offset, length, onready);
  }

  /**
   * Fills `buffer` from `position`, short only at the end of the file.
   *
   * @returns bytes read
   * @throws {ReadError}
   */
  async read(buffer: Uint8Array, position: number): Promise<number> {
    const read = this.#tail.then(() => this.#readAt(buffer, position));
    this.#tail = read.catch(() => {});
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new ReadError("timeout", "a read took too long")),
        this.#timeoutMs,
      );
    });
    try {
      return await Promise.race([read, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the file once no read is running. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#tail.then(() => this.#file.close());
  }

  async #readAt(buffer: Uint8Array, position: number): Promise<number> {
    if (this.#closed) throw new ReadError("failed", "the file is closed");
    try {
      this.#file.seekSync(position, Deno.SeekMode.Start);
      let filled = 0;
      while (filled < buffer.byteLength) {
        const read = await this.#file.read(buffer.subarray(filled));
        if (read === null) break;
        filled += read;
      }
      return filled;
    } catch (error) {
      throw new ReadError("failed", `a read failed: ${String(error)}`);
    }
  }
}

interface Block {
  readonly bytes: Uint8Array;
  /** Bytes that are there. */
  filled: number;
}

/** The bytes of one response, read ahead of their sending. */
export class RangeStream {
  readonly #reader: RangeReader;
  readonly #onready: () => void;
  readonly #spare: Uint8Array[] = [];
  #position: number;
  /** Bytes of the range not yet asked of the file. */
  #unread: number;
  #current: Block | undefined;
  #taken = 0;
  #next: Block | undefined;
  #reading = false;
  #cancelled = false;
  #error: ReadError | undefined;

  constructor(reader: RangeReader, offset: number, length: number, onready: () => void) {
    this.#reader = reader;
    this.#position = offset;
    this.#unread = length;
    this.#onready = onready;
    void this.#fill(FIRST_BLOCK);
  }

  /** Bytes that can be copied out without waiting. */
  get available(): number {
    return this.#current === undefined ? 0 : this.#current.filled - this.#taken;
  }

  /** Set when no byte beyond {@link available} will come. */
  get error(): ReadError | undefined {
    return this.#error;
  }

  /** Copies the next `length` bytes, at most {@link available}, into `target` at `at`. */
  copy(target: Uint8Array, at: number, length: number): void {
    const current = this.#current!;
    target.set(current.bytes.subarray(this.#taken, this.#taken + length), at);
    this.#taken += length;
    if (this.#taken < current.filled) return;
    this.#spare.push(current.bytes);
    this.#current = this.#next;
    this.#next = undefined;
    this.#taken = 0;
    void this.#fill(BLOCK);
  }

  /** Nothing more is wanted; a read under way ends unused. */
  cancel(): void {
    this.#cancelled = true;
    this.#current = this.#next = undefined;
    this.#spare.length = 0;
  }

  async #fill(block: number): Promise<void> {
    if (this.#reading || this.#cancelled || this.#error !== undefined) return;
    this.#reading = true;
    try {
      while (this.#unread > 0 && this.#next === undefined && !this.#cancelled) {
        const size = Math.min(block, this.#unread);
        const read = await this.#reader.read(this.#buffer(size), this.#position);
        this.#store(read, size);
        block = BLOCK;
      }
    } catch (error) {
      this.#error = error instanceof ReadError ? error : new ReadError("failed", String(error));
    } finally {
      this.#reading = false;
    }
    if (!this.#cancelled) this.#onready();
  }

  #filling: Uint8Array | undefined;

  #buffer(size: number): Uint8Array {
    const spare = this.#spare.pop();
    const whole = spare !== undefined && spare.byteLength >= size
      ? spare
      : new Uint8Array(Math.min(BLOCK, size));
    this.#filling = whole;
    return whole.subarray(0, size);
  }

  #store(read: number, wanted: number): void {
    const block = { bytes: this.#filling!, filled: read };
    this.#position += read;
    this.#unread -= read;
    if (read > 0 && !this.#cancelled) {
      if (this.#current === undefined) this.#current = block;
      else this.#next = block;
    }
    if (read < wanted) throw new ReadError("short", "the file is shorter than it was");
    if (this.#current === block && !this.#cancelled) this.#onready();
  }
}
