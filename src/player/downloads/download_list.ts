import { Download, type DownloadWork } from "./download.ts";

/** Downloads that run at once; others wait. */
export const MAX_RUNNING = 2;

/** The downloads of a page, oldest first. */
export class DownloadList {
  /** Told of a download that is there for the first time, or whose state or message has changed. */
  onchange: (download: Download) => void = () => {};

  readonly #downloads = new Set<Download>();

  /** Adds one that begins as soon as there is a place for it. */
  add(work: DownloadWork, total = 0): Download {
    return this.#add(work, "waiting", total);
  }

  /** Adds one of an earlier visit, that begins when it is told to. */
  restore(work: DownloadWork, received: number, total: number): Download {
    const download = this.#add(work, "paused", total);
    download.received = received;
    return download;
  }

  [Symbol.iterator](): IterableIterator<Download> {
    return this.#downloads.values();
  }

  #add(work: DownloadWork, state: "waiting" | "paused", total: number): Download {
    const download = new Download(work, state, total, (download) => this.#changed(download));
    this.#downloads.add(download);
    this.#changed(download);
    return download;
  }

  #changed(download: Download): void {
    if (download.state === "cancelled" || download.state === "done") this.#downloads.delete(download);
    this.onchange(download);
    let running = 0;
    for (const { state } of this) if (state === "running") running++;
    for (const waiting of this) {
      if (running >= MAX_RUNNING) return;
      if (waiting.state !== "waiting") continue;
      running++;
      waiting.start();
    }
  }
}
