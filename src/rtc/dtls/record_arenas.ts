/** Arenas that are kept; more than these are in use only while the network takes nothing. */
const MAX_KEPT = 4;

/** Memory that records are sealed into and sent from, used again once all of them have gone. */
export class RecordArenas {
  readonly #size: number;
  readonly #kept: Uint8Array<ArrayBuffer>[] = [];

  /** @param size bytes that suffice for what is usually sealed at once */
  constructor(size: number) {
    this.#size = size;
  }

  /** An arena of `size` bytes or more; what is in it is of no use. */
  take(size: number): Uint8Array<ArrayBuffer> {
    if (size > this.#size) return new Uint8Array(size);
    return this.#kept.pop() ?? new Uint8Array(this.#size);
  }

  /** Nobody reads an arena any more. */
  release(arena: Uint8Array<ArrayBuffer>): void {
    if (arena.byteLength === this.#size && this.#kept.length < MAX_KEPT) this.#kept.push(arena);
  }
}
