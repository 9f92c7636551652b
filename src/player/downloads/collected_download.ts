/// <reference lib="dom" />
import { aborted, PlayerError } from "../client/errors.ts";
import type { Download, DownloadWork } from "./download.ts";

/** The most that is collected in memory where there is no service worker, in bytes. */
export const MAX_COLLECTED = 512e6;

/** Bytes that are kept in memory until they are complete, for want of any better place. */
export class CollectedDownload implements DownloadWork {
  readonly isResumable = false;
  readonly name: string;
  /** Resolves with the whole. @throws as reading does */
  readonly blob: Promise<Blob>;

  readonly #read: (download: Download, signal: AbortSignal) => AsyncIterable<Uint8Array<ArrayBuffer>>;
  readonly #type: string;
  #resolve!: (blob: Blob) => void;
  #reject!: (cause: unknown) => void;

  /** @param type the media type of the whole */
  constructor(
    name: string,
    type: string,
    read: (download: Download, signal: AbortSignal) => AsyncIterable<Uint8Array<ArrayBuffer>>,
  ) {
    this.name = name;
    this.#type = type;
    this.#read = read;
    this.blob = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The list says it, too.
    this.blob.catch(() => {});
  }

  async run(download: Download, signal: AbortSignal): Promise<void> {
    try {
      const parts: BlobPart[] = [];
      let size = 0;
      for await (const piece of this.#read(download, signal)) {
        size += piece.byteLength;
        if (Math.max(size, Number.isFinite(download.total) ? download.total : 0) > MAX_COLLECTED) {
          throw new PlayerError("read-error", TOO_LARGE);
        }
        parts.push(piece);
      }
      this.#resolve(new Blob(parts, { type: this.#type }));
    } catch (cause) {
      this.#reject(cause);
      throw cause;
    }
  }

  discard(): Promise<void> {
    this.#reject(aborted());
    return Promise.resolve();
  }
}

const TOO_LARGE = "This is too large to download over a connection that is not secure. " +
  `Open the link with https:// to download more than ${MAX_COLLECTED / 1e6} MB.`;
