/// <reference lib="dom" />
import { toPlayerError } from "../client/errors.ts";
import type { FileSource, MediaTransfer } from "../media/media_bridge.ts";
import { contentType } from "../media/content_types.ts";
import { mediaUrl } from "../media/media_url.ts";
import { button, element, icon } from "./dom.ts";
import { formatSize } from "./format.ts";

/** The largest file that is collected in memory where there is no service worker, in bytes. */
export const MAX_COLLECTED = 512e6;

/** How long a finished download stays in the list, in milliseconds. */
const LINGER_MS = 8_000;

/** A click on a download is a navigation at first, about which a page with work to lose would ask. */
const NAVIGATION_MS = 2_000;

interface Row {
  readonly item: HTMLElement;
  readonly bar: HTMLProgressElement;
  readonly text: HTMLElement;
}

/** Offers downloads, and shows those in progress in a list at the foot of the page. */
export class Downloads {
  readonly element = element("ul", { class: "downloads", "aria-label": "Downloads" });

  readonly #files: FileSource;
  readonly #clientId: string | undefined;
  readonly #rows = new Map<object, Row>();
  #running = 0;
  #navigating = false;

  constructor(files: FileSource, clientId: string | undefined) {
    this.#files = files;
    this.#clientId = clientId;
    globalThis.addEventListener("beforeunload", (event) => {
      if (this.#running > 0 && !this.#navigating) event.preventDefault();
    });
  }

  /** What a user clicks to save a file: a plain link where the service worker answers, else a button. */
  control(path: string, name: string, size: number, className: string, label?: string): HTMLElement {
    const attributes = { class: className, "aria-label": `Download ${name}`, title: "Download" };
    const content = element("span", {}, icon("download"), label);
    if (this.#clientId !== undefined) {
      const href = mediaUrl({ clientId: this.#clientId, path, download: true });
      const link = element("a", { ...attributes, href }, content);
      link.addEventListener("click", () => {
        this.#navigating = true;
        setTimeout(() => this.#navigating = false, NAVIGATION_MS);
      });
      return link;
    }
    const made = button(content, () => void this.#collect(path, name), attributes);
    if (size > MAX_COLLECTED) {
      made.disabled = true;
      made.title = `Too large to download here (over ${formatSize(MAX_COLLECTED)})`;
    }
    return made;
  }

  /** A download that the service worker asked for has moved on. */
  follow(transfer: MediaTransfer): void {
    if (!transfer.download) return;
    // One that was cancelled before its first byte was a HEAD, or an empty file: nothing to see.
    if (transfer.state === "cancelled" && !this.#rows.has(transfer)) return;
    this.#show(transfer, transfer, undefined);
  }

  /**
   * The whole file in memory, for want of a service worker.
   *
   * @throws {PlayerError} as reading does, or aborted
   */
  async blob(path: string, name: string): Promise<Blob> {
    const stop = new AbortController();
    const transfer: MediaTransfer = {
      path,
      download: true,
      name,
      length: 0,
      sent: 0,
      state: "running",
    };
    const show = () => this.#show(transfer, transfer, () => stop.abort());
    const lease = await this.#files.use(path);
    try {
      transfer.length = lease.file.size;
      const parts: BlobPart[] = [];
      const reader = lease.file.read(0, Infinity, { signal: stop.signal }).getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        parts.push(piece.value);
        transfer.sent += piece.value.byteLength;
        show();
      }
      transfer.state = "done";
      return new Blob(parts, { type: contentType(name) });
    } catch (cause) {
      transfer.state = stop.signal.aborted ? "cancelled" : "failed";
      transfer.message = toPlayerError(cause).message;
      throw cause;
    } finally {
      lease.release(transfer.state === "failed");
      show();
    }
  }

  async #collect(path: string, name: string): Promise<void> {
    let blob: Blob;
    try {
      blob = await this.blob(path, name);
    } catch {
      return; // The list says it.
    }
    const href = URL.createObjectURL(blob);
    element("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }

  #show(key: object, transfer: MediaTransfer, cancel: (() => void) | undefined): void {
    const row = this.#rows.get(key) ?? this.#add(key, transfer.name, cancel);
    const { state, sent, length } = transfer;
    if (Number.isFinite(length) && length > 0) row.bar.value = sent / length;
    row.text.textContent = state === "running"
      ? `${formatSize(sent)} of ${formatSize(length)}`
      : state === "done"
      ? `${formatSize(sent)}, finished`
      : state === "failed"
      ? transfer.message ?? "Failed"
      : "Cancelled";
    if (state === "running") return;
    this.#running--;
    row.item.classList.add(state);
    setTimeout(() => {
      row.item.remove();
      this.#rows.delete(key);
    }, LINGER_MS);
  }

  #add(key: object, name: string, cancel: (() => void) | undefined): Row {
    const bar = element("progress", { max: "1", value: "0", "aria-label": `Download of ${name}` });
    const text = element("span", { class: "amount" });
    const item = element(
      "li",
      {},
      element("span", { class: "name" }, name),
      text,
      cancel && button(icon("close"), cancel, { class: "quiet", "aria-label": `Cancel ${name}` }),
      bar,
    );
    const row = { item, bar, text };
    this.#rows.set(key, row);
    this.#running++;
    this.element.append(item);
    return row;
  }
}
