/** Kept for the next pieces; more than are on their way at a time are not needed. */
const MAX_SPARE = 3;

/** What a new one is rounded up to, in bytes, so that the next piece fits as well. */
const STEP = 262_144;

/**
 * Memory of pieces that have come back, for the next ones. Browsers collect buffers that nobody has any more in lots
 * of tens of megabytes for each thread.
 */
export class SpareBuffers {
  readonly #spare: ArrayBuffer[] = [];

  /** Bytes that the caller fills, of a buffer that may be larger. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const index = this.#spare.findIndex((buffer) => buffer.byteLength >= length);
    const [buffer] = index < 0 ? [] : this.#spare.splice(index, 1);
    return new Uint8Array(buffer ?? new ArrayBuffer(Math.ceil(length / STEP) * STEP), 0, length);
  }

  /** @param buffer nobody reads what is in it any more */
  give(buffer: ArrayBuffer): void {
    // The one that came first goes: sizes follow the film.
    if (this.#spare.push(buffer) > MAX_SPARE) this.#spare.shift();
  }
}
