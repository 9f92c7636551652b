/**
 * The player's files as they are read. Whoever asks for them needs no token, and may ask for many over one connection
 * (HTTP/2) and read none: each answer would hold a copy of its file for as long.
 */

/** An answer is handed on in pieces of this, in bytes; the runtime takes about 100 kB of one ahead. */
const PIECE = 16_384;

/** Answers that are not read to their end: all, 130 MB as measured, and those of one address. A page loads six at once. */
const MAX_UNREAD = 1_000;
const MAX_OF_ADDRESS = 64;

/** One that is read this slowly is cut off: the largest file in this time is 3.5 kB/s. In milliseconds. */
const PATIENCE_MS = 120_000;

export interface PacedBounds {
  readonly unread: number;
  readonly ofAddress: number;
  readonly patienceMs: number;
}

/** Whom an answer is for. */
export interface Reader {
  /** Key of the address, where there is one to limit anybody by. */
  readonly address?: string | undefined;
  /** Settles when the answer has been read or its connection is gone; its last piece being taken where left out. */
  readonly completed?: Promise<void> | undefined;
}

export class PacedBodies {
  readonly #bounds: PacedBounds;
  #unread = 0;
  readonly #ofAddress = new Map<string, number>();

  constructor(bounds: Partial<PacedBounds> = {}) {
    this.#bounds = { unread: MAX_UNREAD, ofAddress: MAX_OF_ADDRESS, patienceMs: PATIENCE_MS, ...bounds };
  }

  /** Answers that are not read to their end. */
  get unread(): number {
    return this.#unread;
  }

  /** A body that is `bytes`; undefined where too many wait to be read. */
  of(
    bytes: Uint8Array<ArrayBuffer>,
    { address, completed }: Reader = {},
  ): ReadableStream<Uint8Array> | undefined {
    const { unread, ofAddress, patienceMs } = this.#bounds;
    if (this.#unread >= unread) return undefined;
    if (address !== undefined && (this.#ofAddress.get(address) ?? 0) >= ofAddress) return undefined;
    this.#count(address, 1);
    const over = Promise.withResolvers<void>();
    const settled = () => this.#count(address, -1);
    (completed ?? over.promise).then(settled, settled);
    let at = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      over.resolve();
    };
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        timer = setTimeout(() => {
          end();
          controller.error(new Error("the answer was not read in time"));
        }, patienceMs);
      },
      pull: (controller) => {
        controller.enqueue(bytes.slice(at, at += PIECE));
        if (at < bytes.byteLength) return;
        end();
        controller.close();
      },
      cancel: end,
    }, { highWaterMark: 0 });
  }

  #count(address: string | undefined, more: 1 | -1): void {
    this.#unread += more;
    if (address === undefined) return;
    const left = (this.#ofAddress.get(address) ?? 0) + more;
    if (left > 0) this.#ofAddress.set(address, left);
    else this.#ofAddress.delete(address);
  }
}
