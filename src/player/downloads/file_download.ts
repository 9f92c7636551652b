/// <reference lib="dom" />
import { PlayerError } from "../client/errors.ts";
import type { RangedFile } from "../client/ranged_file.ts";
import type { PersistentSession } from "../client/persistent_session.ts";
import { DiskFile } from "./disk_file.ts";
import type { Download, DownloadWork } from "./download.ts";
import { fileEntry } from "./folder_tree.ts";
import { withLock } from "./lock.ts";
import type { PickedFile } from "./picked_file.ts";
import { pieces } from "./pieces.ts";
import type { SavedDownload, SavedDownloads } from "./saved_downloads.ts";

/** Bytes at the end of what is on disk that are compared with the box before it goes on. */
const COMPARED = 65_536;

/** How often it is noted for the next visit how far it is, in bytes. */
const NOTE_EVERY = 33_554_432;

/** What is needed of the connection. */
export type Box = Pick<PersistentSession, "list" | "open">;

/** A file of the box, written to a file of this computer; goes on where that ends, also on a later visit. */
export class FileDownload implements DownloadWork {
  readonly isResumable = true;

  readonly #box: Box;
  readonly #saved: SavedDownloads;
  readonly #path: string;
  readonly #handle: PickedFile;
  #record: SavedDownload | undefined;
  /** What is on disk is of this download, for certain. */
  #isOurs = false;

  /** @param target a file whose content is lost, or the record of an earlier visit */
  constructor(
    box: Box,
    saved: SavedDownloads,
    target: { readonly path: string; readonly handle: PickedFile } | SavedDownload,
  ) {
    this.#box = box;
    this.#saved = saved;
    this.#path = target.path;
    this.#handle = target.handle;
    if ("id" in target) this.#record = target;
  }

  get name(): string {
    return this.#handle.name;
  }

  async prepare(): Promise<void> {
    const wanted = { mode: "readwrite" } as const;
    if (await this.#handle.queryPermission(wanted) === "granted") return;
    if (await this.#handle.requestPermission(wanted) === "granted") return;
    throw new PlayerError("unauthorised", "The browser needs your permission to write the file.");
  }

  async run(download: Download, signal: AbortSignal): Promise<void> {
    const record = this.#record ??= await this.#begin(signal);
    download.total = record.size;
    await withLock(record.id, async () => {
      await this.#checkBox(record, signal);
      const file = await this.#box.open(this.#path, signal);
      try {
        if (file.size !== record.size) throw changed();
        await this.#checkDisk(file, signal);
        this.#isOurs = true;
        await this.#copy(file, download, record, signal);
      } finally {
        file.close();
      }
      // A file may change and keep its size: what was read before and after would be of two files.
      await this.#checkBox(record, signal);
      await this.#saved.remove(record.id).catch(() => {});
    });
  }

  async discard(): Promise<void> {
    if (!this.#record) return;
    const { id } = this.#record;
    await this.#saved.remove(id).catch(() => {});
    if (!this.#isOurs) return;
    // Where another window goes on with it, the file is that one's.
    await withLock(id, () => this.#handle.remove()).catch(() => {});
  }

  async #begin(signal: AbortSignal): Promise<SavedDownload> {
    const { size, modified } = await fileEntry(this.#box, this.#path, signal);
    // What was there before must not be taken for the beginning of the download.
    await (await this.#handle.createWritable()).close();
    this.#isOurs = true;
    const id = crypto.randomUUID();
    const record = { id, path: this.#path, size, modified, handle: this.#handle, received: 0 };
    // Where the browser keeps nothing, it goes on in this visit, and is not there on the next.
    await this.#saved.put(record).catch(() => {});
    return record;
  }

  async #copy(
    file: RangedFile,
    download: Download,
    record: SavedDownload,
    signal: AbortSignal,
  ): Promise<void> {
    const disk = await DiskFile.open(this.#handle);
    let noted = download.received = disk.size;
    const note = () => {
      noted = disk.size;
      void this.#saved.put({ ...record, received: noted }).catch(() => {});
    };
    try {
      for await (const piece of pieces(file.read(disk.size, file.size - disk.size, { signal }))) {
        await disk.write(piece);
        download.received = disk.size;
        if (disk.size - noted >= NOTE_EVERY) note();
      }
    } catch (cause) {
      // What has come until here is kept.
      await disk.close().then(note, () => {});
      throw cause;
    }
    await disk.close();
    if (disk.size !== file.size) throw new PlayerError("read-error", "The file ended too early.");
  }

  /** @throws {PlayerError} read-error where the file on the box is another than when it began */
  async #checkBox(record: SavedDownload, signal: AbortSignal): Promise<void> {
    const entry = await fileEntry(this.#box, this.#path, signal);
    if (entry.size !== record.size || entry.modified !== record.modified) throw changed();
  }

  /** @throws {PlayerError} read-error where what is on disk does not end as the file does at that place */
  async #checkDisk(file: RangedFile, signal: AbortSignal): Promise<void> {
    const disk = await this.#handle.getFile();
    if (disk.size === 0) return;
    if (disk.size > file.size) throw otherFile();
    const from = Math.max(0, disk.size - COMPARED);
    const [here, there] = await Promise.all([
      disk.slice(from).bytes(),
      new Response(file.read(from, disk.size - from, { signal })).bytes(),
    ]);
    if (here.length !== there.length || here.some((byte, i) => byte !== there[i])) throw otherFile();
  }
}

function otherFile(): PlayerError {
  return new PlayerError(
    "read-error",
    "The file on this computer is not the one that was begun. Remove the download, and begin it again.",
  );
}

function changed(): PlayerError {
  return new PlayerError(
    "read-error",
    "The file on the box has changed since the download began. Remove the download, and begin it again.",
  );
}
