import { aborted, PlayerError } from "../client/errors.ts";
import type { MediaTransfer, SaveControl } from "../media/media_bridge.ts";
import type { Download, DownloadWork } from "./download.ts";

/** A download that the browser saves itself, fed by the service worker; here it is only followed and held. */
export class BrowserSave implements DownloadWork {
  readonly isResumable = false;
  readonly name: string;

  readonly #ended = Promise.withResolvers<void>();
  readonly #read: (download: Download, signal: AbortSignal) => AsyncIterable<Uint8Array<ArrayBuffer>>;
  #download: Download | undefined;

  /** @param read the bytes, where they are an archive's */
  constructor(
    name: string,
    read: (download: Download, signal: AbortSignal) => AsyncIterable<Uint8Array<ArrayBuffer>>,
  ) {
    this.name = name;
    // It may end before it has a place to run.
    this.#ended.promise.catch(() => {});
    this.#read = read;
  }

  async run(_download: Download, signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#ended.reject(aborted(signal)), { once: true });
    await this.#ended.promise;
  }

  /** What the service worker's side needs to know of `download`, which does this work. */
  control(download: Download): SaveControl {
    this.#download = download;
    const { signal } = download;
    return {
      name: this.name,
      signal,
      cancel: () => void download.cancel(),
      pass: () => download.pass(),
      archive: () => this.#archive(download, signal),
    };
  }

  /** The transfer has moved on. */
  follow(transfer: MediaTransfer): void {
    const download = this.#download;
    if (!download) return;
    if (!transfer.folder) download.received = transfer.sent;
    if (transfer.state === "done") this.#ended.resolve();
    else if (transfer.state === "failed") {
      this.#ended.reject(new PlayerError("read-error", transfer.message ?? "The download has failed."));
    } else if (transfer.state === "cancelled") void download.cancel();
  }

  async *#archive(download: Download, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    await download.pass();
    yield* this.#read(download, signal);
  }
}
