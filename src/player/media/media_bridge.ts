/// <reference lib="dom" />
import { toPlayerError } from "../client/errors.ts";
import { toPlain } from "../client/plain_error.ts";
import type { RangedFile } from "../client/ranged_file.ts";
import { Inbox } from "./inbox.ts";
import type { MediaRequest, PageMessage } from "./messages.ts";

/** A file in use. */
export interface FileLease {
  readonly file: RangedFile;
  /** To be called once. After a failure the file is opened anew for the next use. */
  release(failed: boolean): void;
}

/** Where files come from, by path inside the share. */
export interface FileSource {
  /** @throws {PlayerError} as `Session.open` */
  use(path: string): Promise<FileLease>;
  /** A file that is played needs so much: reads of it look ahead accordingly. */
  need(path: string, bytesPerSecond: number): void;
}

/** Serves requests for files over ports, wherever the data channels are. */
export interface MediaServer extends FileSource {
  /** Told at every change of a transfer, and always with the same object. */
  onTransfer: (transfer: MediaTransfer) => void;
  /** Asked about each download once, before its first byte. */
  onSave: (transfer: MediaTransfer) => SaveControl | undefined;
  /** Requests in progress. */
  readonly active: number;
  serve(request: MediaRequest, port: MessagePort): void;
}

/** One request of the browser, as the page sees it. */
export interface MediaTransfer {
  readonly path: string;
  readonly download: boolean;
  readonly folder: boolean;
  name: string;
  /** Bytes of this request; `Infinity` where it is not known. */
  length: number;
  /** Bytes handed to the browser. */
  sent: number;
  state: "opening" | "running" | "done" | "cancelled" | "failed";
  /** A sentence, where `state` is `failed`. */
  message?: string;
}

/** What the page has to say about a download that the browser saves. */
export interface SaveControl {
  /** Breaks it off. */
  readonly signal: AbortSignal;
  /** The browser has lost interest. */
  cancel(): void;
  /** Resolves when the next piece may go to the browser; rejects when it is broken off. */
  pass(): Promise<void>;
  /** The bytes of a folder's archive. */
  archive(): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Name of the file that is saved. */
  readonly name: string;
}

/** Serves requests for files out of the data channels of its own thread, or of what else has files. */
export class MediaBridge implements MediaServer {
  /** Told at every change of a transfer, many times a second while bytes flow. */
  onTransfer: (transfer: MediaTransfer) => void = () => {};
  /** Asked about each download once, before its first byte. */
  onSave: (transfer: MediaTransfer) => SaveControl | undefined = () => undefined;

  readonly #files: FileSource;
  #active = 0;

  constructor(files: FileSource) {
    this.#files = files;
  }

  /** Requests in progress. */
  get active(): number {
    return this.#active;
  }

  use(path: string): Promise<FileLease> {
    return this.#files.use(path);
  }

  need(path: string, bytesPerSecond: number): void {
    this.#files.need(path, bytesPerSecond);
  }

  /** Serves one request until it ends; never rejects. */
  async serve(request: MediaRequest, port: MessagePort): Promise<void> {
    const { path, download, folder = false } = request;
    const transfer: MediaTransfer = {
      path,
      download,
      folder,
      name: path.slice(path.lastIndexOf("/") + 1),
      length: 0,
      sent: 0,
      state: "opening",
    };
    const stop = new AbortController();
    const inbox = new Inbox(port, () => stop.abort());
    this.#active++;
    try {
      if (folder) await this.#archive(inbox, port, transfer, stop.signal);
      else await this.#file(inbox, port, transfer, stop.signal);
    } catch (cause) {
      if (!stop.signal.aborted) {
        const error = toPlayerError(cause);
        transfer.state = error.type === "aborted" ? "cancelled" : "failed";
        transfer.message = error.message;
        post(port, { type: "error", error: toPlain(error) });
      }
    } finally {
      if (stop.signal.aborted && transfer.state !== "done") transfer.state = "cancelled";
      // Aborts what is left of a read; after a complete one there is nothing.
      stop.abort();
      this.#active--;
      this.onTransfer(transfer);
      port.onmessage = null;
    }
  }

  async #file(inbox: Inbox, port: MessagePort, transfer: MediaTransfer, stopped: AbortSignal): Promise<void> {
    const lease = await this.#files.use(transfer.path);
    let failed = true;
    try {
      const { file } = lease;
      transfer.name = file.name;
      post(port, { type: "file", name: file.name, size: file.size });
      const read = await inbox.next();
      if (read.type !== "read") return void (transfer.state = "cancelled");
      transfer.length = read.length;
      const control = transfer.download ? this.onSave(transfer) : undefined;
      const signal = control ? AbortSignal.any([stopped, control.signal]) : stopped;
      const reader = file.read(read.offset, read.length, { signal }).getReader();
      await this.#send(inbox, port, transfer, control, () => reader.read());
      failed = false;
    } finally {
      lease.release(failed && !stopped.aborted);
    }
  }

  async #archive(
    inbox: Inbox,
    port: MessagePort,
    transfer: MediaTransfer,
    stopped: AbortSignal,
  ): Promise<void> {
    transfer.length = Infinity;
    const control = this.onSave(transfer);
    if (!control) return void (transfer.state = "cancelled");
    const cancel = () => control.cancel();
    stopped.addEventListener("abort", cancel);
    const bytes = control.archive()[Symbol.asyncIterator]();
    try {
      // With the first piece it is certain that the folder can be read.
      let first: IteratorResult<Uint8Array<ArrayBuffer>> | undefined = await bytes.next();
      post(port, { type: "file", name: control.name, size: Infinity });
      if ((await inbox.next()).type !== "read") return void (transfer.state = "cancelled");
      await this.#send(inbox, port, transfer, control, async () => {
        const next = first ?? await bytes.next();
        first = undefined;
        return next;
      });
    } finally {
      stopped.removeEventListener("abort", cancel);
      // It may be in the middle of a file.
      void bytes.return?.(undefined).catch(() => {});
    }
  }

  /** A piece for each that the browser asks for. */
  async #send(
    inbox: Inbox,
    port: MessagePort,
    transfer: MediaTransfer,
    control: SaveControl | undefined,
    next: () => Promise<
      { readonly done?: boolean | undefined; readonly value?: Uint8Array<ArrayBuffer> | void }
    >,
  ): Promise<void> {
    transfer.state = "running";
    this.onTransfer(transfer);
    while ((await inbox.next()).type === "pull") {
      await control?.pass();
      const { done, value } = await next();
      if (done || !value) {
        transfer.state = "done";
        return post(port, { type: "end" });
      }
      transfer.sent += value.byteLength;
      this.onTransfer(transfer);
      // A view into a larger message cannot be handed over without a copy.
      const bytes = value.byteLength === value.buffer.byteLength ? value.buffer : value.slice().buffer;
      port.postMessage({ type: "data", bytes } satisfies PageMessage, [bytes]);
    }
  }
}

function post(port: MessagePort, message: PageMessage): void {
  port.postMessage(message);
}
