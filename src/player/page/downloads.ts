/// <reference lib="dom" />
import type { PersistentSession } from "../client/mod.ts";
import { archiveBytes, ArchiveDownload } from "../downloads/archive_download.ts";
import { BrowserSave } from "../downloads/browser_save.ts";
import { CollectedDownload, MAX_COLLECTED } from "../downloads/collected_download.ts";
import { DownloadList } from "../downloads/download_list.ts";
import { FileDownload } from "../downloads/file_download.ts";
import { canPickFile, pickFile } from "../downloads/picked_file.ts";
import { pieces } from "../downloads/pieces.ts";
import { safeName } from "../downloads/safe_name.ts";
import { SavedDownloads } from "../downloads/saved_downloads.ts";
import { contentType } from "../media/content_types.ts";
import type { FileSource, MediaTransfer, SaveControl } from "../media/media_bridge.ts";
import { mediaUrl } from "../media/media_url.ts";
import { DownloadListView } from "./download_list_view.ts";
import { button, element, icon } from "./dom.ts";
import { formatSize } from "./format.ts";

export { MAX_COLLECTED };

/** Smaller files are there before a dialog has been answered; the browser saves them without one. In bytes. */
const PICK_FROM = 16e6;

/** A click on a download is a navigation at first, about which a page with work to lose would ask. */
const NAVIGATION_MS = 2_000;

/** Offers downloads, and shows those in progress in a list at the foot of the page. */
export class Downloads {
  readonly element: HTMLElement;

  readonly #session: PersistentSession;
  readonly #files: FileSource;
  readonly #clientId: string | undefined;
  readonly #list = new DownloadList();
  readonly #view: DownloadListView;
  readonly #saved = new SavedDownloads();
  readonly #saves = new WeakMap<MediaTransfer, BrowserSave>();
  #navigating = false;

  /** @param clientId the page's `Client.id`, where a service worker answers for media URLs */
  constructor(session: PersistentSession, files: FileSource, clientId: string | undefined) {
    this.#session = session;
    this.#files = files;
    this.#clientId = clientId;
    const view = this.#view = new DownloadListView(() => session.state.kind === "open");
    this.element = view.element;
    this.#list.onchange = (download) => view.show(download);
    globalThis.addEventListener("beforeunload", (event) => {
      if (this.#navigating) return;
      for (const { isUnsaved } of this.#list) if (isUnsaved) return event.preventDefault();
    });
    if (canPickFile()) void this.#restore();
  }

  /** What a user clicks to save a file. */
  control(path: string, name: string, size: number, className: string, label?: string): HTMLElement {
    const attributes = { class: className, "aria-label": `Download ${name}`, title: "Download" };
    const content = element("span", {}, icon("download"), label);
    const made = this.#control(path, false, content, attributes, {
      pick: size < PICK_FROM ? undefined : () => this.#pickFile(path, name),
      collect: () => this.#collectFile(path, name),
    });
    if (made instanceof HTMLButtonElement && !canPickFile() && size > MAX_COLLECTED) {
      made.disabled = true;
      made.title = `Too large to download here (over ${formatSize(MAX_COLLECTED)})`;
    }
    return made;
  }

  /** What a user clicks to save all that is in a folder. */
  folderControl(path: string, name: string): HTMLElement {
    const folder = { path, name };
    const content = element("span", {}, icon("download"), element("span", {}, "Download folder"));
    return this.#control(path, true, content, { class: "button" }, {
      pick: () => this.#pickArchive(folder),
      collect: () => this.#collectArchive(folder),
    });
  }

  /** The service worker asks about a download that the browser saves. */
  save(transfer: MediaTransfer): SaveControl {
    const { path, folder, name } = transfer;
    const title = folder ? safeName(name || "All files") : name;
    const save = new BrowserSave(
      folder ? `${title}.zip` : title,
      (download, signal) => archiveBytes(this.#session, { path, name: title }, download, signal),
    );
    this.#saves.set(transfer, save);
    return save.control(this.#list.add(save, folder ? 0 : transfer.length));
  }

  /** A download that the service worker asked for has moved on. */
  follow(transfer: MediaTransfer): void {
    this.#saves.get(transfer)?.follow(transfer);
  }

  /**
   * The whole file in memory, for want of a service worker.
   *
   * @throws {PlayerError} as reading does, or aborted
   */
  async blob(path: string, name: string): Promise<Blob> {
    const work = this.#collected(path, name);
    const download = this.#list.add(work);
    const blob = await work.blob;
    this.#view.remove(download);
    return blob;
  }

  /** A link where the service worker answers, so that it can be copied and opened as links can; else a button. */
  #control(
    path: string,
    isFolder: boolean,
    content: HTMLElement,
    attributes: Readonly<Record<string, string>>,
    { pick, collect }: { readonly pick: (() => void) | undefined; readonly collect: () => void },
  ): HTMLElement {
    const chosen = canPickFile() ? pick : undefined;
    if (this.#clientId === undefined) return button(content, chosen ?? collect, attributes);
    const folder = isFolder ? { folder: true } as const : {};
    const href = mediaUrl({ clientId: this.#clientId, path, download: true, ...folder });
    const link = element("a", { ...attributes, href }, content);
    link.addEventListener("click", (event) => {
      if (chosen) {
        event.preventDefault();
        return chosen();
      }
      this.#navigating = true;
      setTimeout(() => this.#navigating = false, NAVIGATION_MS);
    });
    return link;
  }

  async #pickFile(path: string, name: string): Promise<void> {
    const handle = await pickFile(safeName(name));
    if (handle) this.#list.add(new FileDownload(this.#session, this.#saved, { path, handle }));
  }

  async #pickArchive(folder: { readonly path: string; readonly name: string }): Promise<void> {
    const handle = await pickFile(`${safeName(folder.name)}.zip`);
    if (handle) this.#list.add(new ArchiveDownload(this.#session, folder, handle));
  }

  #collectFile(path: string, name: string): void {
    const work = this.#collected(path, name);
    this.#list.add(work);
    void handOver(work);
  }

  #collectArchive(folder: { readonly path: string; readonly name: string }): void {
    const work = new CollectedDownload(
      `${safeName(folder.name)}.zip`,
      "application/zip",
      (download, signal) => archiveBytes(this.#session, folder, download, signal),
    );
    this.#list.add(work);
    void handOver(work);
  }

  #collected(path: string, name: string): CollectedDownload {
    const files = this.#files;
    return new CollectedDownload(name, contentType(name), async function* (download, signal) {
      const lease = await files.use(path);
      let failed = true;
      try {
        download.total = lease.file.size;
        for await (const piece of pieces(lease.file.read(0, Infinity, { signal }))) {
          await download.pass();
          download.received += piece.byteLength;
          yield piece;
        }
        failed = false;
      } finally {
        lease.release(failed && !signal.aborted);
      }
    });
  }

  async #restore(): Promise<void> {
    for (const record of await this.#saved.all().catch(() => [])) {
      // What is on disk may be read only with permission.
      const disk = await record.handle.getFile().catch(() => undefined);
      const work = new FileDownload(this.#session, this.#saved, record);
      this.#list.restore(work, disk?.size ?? record.received, record.size);
    }
  }
}

/** Lets the browser save what was collected. */
async function handOver(work: CollectedDownload): Promise<void> {
  const blob = await work.blob.catch(() => undefined);
  if (!blob) return;
  const href = URL.createObjectURL(blob);
  element("a", { href, download: work.name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
