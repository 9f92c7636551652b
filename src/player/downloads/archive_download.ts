/// <reference lib="dom" />
import type { PersistentSession } from "../client/persistent_session.ts";
import type { Download, DownloadWork } from "./download.ts";
import { FolderArchive } from "./folder_archive.ts";
import { folderTree } from "./folder_tree.ts";
import type { PickedFile } from "./picked_file.ts";

type Box = Pick<PersistentSession, "list" | "open">;

/** A folder of the box, to be made one archive of. */
export interface ArchivedFolder {
  /** Inside the share. */
  readonly path: string;
  /** For the archive, and the folder in it. */
  readonly name: string;
}

/**
 * The archive's bytes, as `download` lets them pass: it is told how many there are and will be.
 *
 * @throws {PlayerError} as {@link folderTree} and {@link FolderArchive.bytes} do, or aborted
 */
export async function* archiveBytes(
  box: Box,
  { path, name }: ArchivedFolder,
  download: Download,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const entries = await folderTree(box, path, signal, (count) => {
    download.note(`${count.toLocaleString()} files found so far.`);
  });
  const archive = new FolderArchive(name, entries, (path, signal) => box.open(path, signal));
  download.note(undefined);
  for await (const piece of archive.bytes(signal)) {
    await download.pass();
    // Before it is handed over, and perhaps transferred.
    const { byteLength } = piece;
    yield piece;
    download.total = archive.length;
    download.received += byteLength;
  }
  if (archive.missing > 0) {
    const files = archive.missing === 1 ? "1 file" : `${archive.missing.toLocaleString()} files`;
    download.note(`${files} could not be read on the box. MISSING.txt in the archive names them.`);
  }
}

/** A folder as an archive, written to a file of this computer. An archive has no place to go on from. */
export class ArchiveDownload implements DownloadWork {
  readonly isResumable = false;

  readonly #box: Box;
  readonly #folder: ArchivedFolder;
  readonly #handle: PickedFile;
  #isComplete = false;

  constructor(box: Box, folder: ArchivedFolder, handle: PickedFile) {
    this.#box = box;
    this.#folder = folder;
    this.#handle = handle;
  }

  get name(): string {
    return this.#handle.name;
  }

  async run(download: Download, signal: AbortSignal): Promise<void> {
    const stream = await this.#handle.createWritable();
    try {
      for await (const piece of archiveBytes(this.#box, this.#folder, download, signal)) {
        await stream.write(piece);
      }
      await stream.close();
      this.#isComplete = true;
    } catch (cause) {
      await stream.abort().catch(() => {});
      throw cause;
    }
  }

  async discard(): Promise<void> {
    if (!this.#isComplete) await this.#handle.remove().catch(() => {});
  }
}
