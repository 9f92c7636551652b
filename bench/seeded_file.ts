/** The file that the bench sends: random bytes, the same for the same seed. */

/** So much is made, written and hashed at once, in bytes; a multiple of 4. */
const BLOCK = 1 << 20;

/**
 * Fills `words` with random numbers (xorshift32 by Marsaglia, behind a multiplication) and answers the
 * state to go on from.
 *
 * @param state u32, not 0
 */
export function fillSeeded(words: Uint32Array, state: number): number {
  let x = state >>> 0;
  if (x === 0) throw new RangeError("a state of 0 gives nothing but 0");
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = Math.imul(x, 0x9e3779b1);
  }
  return x >>> 0;
}

export class SeededFile {
  private constructor(
    readonly directory: string,
    readonly name: string,
    /** Bytes. */
    readonly size: number,
  ) {}

  get path(): string {
    return `${this.directory}/${this.name}`;
  }

  /**
   * Writes a file of `size` bytes.
   *
   * @param size bytes, a multiple of 1 MiB
   * @param seed u32, not 0
   */
  static async make(directory: string, size: number, seed: number): Promise<SeededFile> {
    if (size % BLOCK !== 0) throw new RangeError("the size is not a whole number of MiB");
    const file = new SeededFile(directory, "film.bin", size);
    using handle = await Deno.open(file.path, { write: true, create: true, truncate: true });
    const words = new Uint32Array(BLOCK / 4);
    const bytes = new Uint8Array(words.buffer);
    let state = seed;
    for (let at = 0; at < size; at += BLOCK) {
      state = fillSeeded(words, state);
      for (let written = 0; written < BLOCK;) written += await handle.write(bytes.subarray(written));
    }
    return file;
  }

  /** The bytes of a range that is in the file. */
  async bytes(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    using handle = await Deno.open(this.path);
    await handle.seek(offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const count = await handle.read(bytes.subarray(filled));
      if (count === null) throw new RangeError("the range reaches over the end of the file");
      filled += count;
    }
    return bytes;
  }

  /** SHA-256 of a range, in hexadecimal. */
  async sha256(offset: number, length: number): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-256", await this.bytes(offset, length));
    return new Uint8Array(digest).toHex();
  }
}
