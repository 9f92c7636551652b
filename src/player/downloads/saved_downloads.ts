/// <reference lib="dom" />
import type { PickedFile } from "./picked_file.ts";

/** What is kept of a download until it is complete. */
export interface SavedDownload {
  readonly id: string;
  /** Inside the share. */
  readonly path: string;
  /** Of the file on the box: bytes, and milliseconds since 1970. */
  readonly size: number;
  readonly modified: number;
  readonly handle: PickedFile;
  /** About how many bytes have arrived, to be shown; where it goes on says the file itself. */
  readonly received: number;
}

const DATABASE = "unarr-downloads";
const STORE = "downloads";

/** More than these are not brought back. */
const MAX_SAVED = 100;

/** The downloads of earlier visits, in the browser's IndexedDB. */
export class SavedDownloads {
  #database: Promise<IDBDatabase> | undefined;

  /** @throws {DOMException} where the browser keeps nothing */
  async all(): Promise<SavedDownload[]> {
    return await this.#ask("readonly", (store) => store.getAll(null, MAX_SAVED));
  }

  /** @throws {DOMException} where the browser keeps nothing */
  async put(saved: SavedDownload): Promise<void> {
    await this.#ask("readwrite", (store) => store.put(saved));
  }

  /** @throws {DOMException} where the browser keeps nothing */
  async remove(id: string): Promise<void> {
    await this.#ask("readwrite", (store) => store.delete(id));
  }

  async #ask<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await (this.#database ??= open());
    const transaction = database.transaction(STORE, mode);
    const request = ask(transaction.objectStore(STORE));
    return await new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
