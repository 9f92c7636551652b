/** Messages that are kept for use again, at most: as many as one long path has on its way. */
const MAX_SPARE = 256;

/**
 * Memory of messages that have been delivered, for those to come: a film is sent in messages of one size, and
 * memory made anew for each would wait by the tens of megabytes for the collector.
 *
 * Only what {@link allocate} has given out is taken back, and once.
 */
export class MessagePool {
  readonly #lent = new WeakSet<Uint8Array>();
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;

  /** Memory for a message of `size` bytes, which hold whatever they did before. */
  allocate(size: number): Uint8Array<ArrayBuffer> {
    if (size > this.#size) {
      this.#size = size;
      this.#spare.length = 0;
    }
    if (size < this.#size) return new Uint8Array(size);
    const message = this.#spare.pop() ?? new Uint8Array(size);
    this.#lent.add(message);
    return message;
  }

  /** Nobody reads the message any more. */
  release(message: Uint8Array): void {
    if (!this.#lent.delete(message)) return;
    if (message.byteLength === this.#size && this.#spare.length < MAX_SPARE) {
      this.#spare.push(message as Uint8Array<ArrayBuffer>);
    }
  }
}
