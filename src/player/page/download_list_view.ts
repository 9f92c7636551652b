/// <reference lib="dom" />
import type { Download, DownloadState } from "../downloads/download.ts";
import { DownloadRow } from "./download_row.ts";
import { button, element } from "./dom.ts";

const MEASURE_INTERVAL_MS = 1_000;

/** What a screen reader hears of a download. */
const SAID: Partial<Record<DownloadState, string>> = {
  running: "Download started",
  done: "Download finished",
  failed: "Download failed",
};

/** The downloads as a list at the foot of the page; hidden while there are none. */
export class DownloadListView {
  readonly element: HTMLElement;
  readonly #list = element("ul", { class: "rows" });
  readonly #clear = button("Clear finished", () => this.#clearFinished());
  readonly #said = element("p", { class: "said", role: "status" });
  readonly #rows = new Map<Download, { readonly row: DownloadRow; said: DownloadState | undefined }>();
  readonly #isConnected: () => boolean;

  /** @param isConnected whether the box can be reached */
  constructor(isConnected: () => boolean) {
    this.#isConnected = isConnected;
    const head = element("div", { class: "top" }, element("h2", {}, "Downloads"), this.#clear);
    this.element = element(
      "section",
      { class: "downloads", "aria-label": "Downloads" },
      element("div", { class: "sheet" }, head, this.#list),
      this.#said,
    );
    this.#arrange();
    setInterval(() => this.#measure(), MEASURE_INTERVAL_MS);
  }

  /** Shows how a download stands, which may be there for the first time. */
  show(download: Download): void {
    if (download.state === "cancelled") return this.remove(download);
    const shown = this.#rows.get(download) ?? this.#add(download);
    shown.row.show(this.#isConnected());
    const said = SAID[download.state];
    // It starts once, however often it is held.
    if (said !== undefined && (shown.said === undefined || download.state !== "running")) {
      this.#said.textContent = `${said}: ${download.name}`;
      shown.said = download.state;
    }
    this.#arrange();
  }

  /** Takes its line away. */
  remove(download: Download): void {
    this.#rows.get(download)?.row.element.remove();
    this.#rows.delete(download);
    this.#arrange();
  }

  #add(download: Download): { readonly row: DownloadRow; said: DownloadState | undefined } {
    const row = new DownloadRow(download, () => {
      const next = row.element.nextElementSibling ?? row.element.previousElementSibling;
      next?.querySelector<HTMLElement>("button:not([hidden])")?.focus();
      void download.cancel();
      this.remove(download);
    });
    const shown = { row, said: undefined };
    this.#rows.set(download, shown);
    this.#list.append(row.element);
    return shown;
  }

  #clearFinished(): void {
    for (const download of this.#rows.keys()) if (download.state === "done") this.remove(download);
  }

  #arrange(): void {
    this.element.firstElementChild!.toggleAttribute("hidden", this.#rows.size === 0);
    this.#clear.hidden = ![...this.#rows.keys()].some(({ state }) => state === "done");
  }

  #measure(): void {
    for (const [download, { row }] of this.#rows) {
      row.measure(performance.now());
      if (download.state === "running") row.show(this.#isConnected());
    }
  }
}
