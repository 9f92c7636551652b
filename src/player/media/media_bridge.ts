/// <reference lib="dom" />
import { toPlayerError } from "../client/errors.ts";
import { toPlain } from "../client/plain_error.ts";
import type { RangedFile } from "../client/ranged_file.ts";
import type { MediaRequest, PageMessage, WorkerMessage } from "./messages.ts";

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
  /** Requests in progress. */
  readonly active: number;
  serve(request: MediaRequest, port: MessagePort): void;
}

/** One request of the browser, as the page sees it. */
export interface MediaTransfer {
  readonly path: string;
  readonly download: boolean;
  name: string;
  /** Bytes of this request; `Infinity` where it is not known. */
  length: number;
  /** Bytes handed to the browser. */
  sent: number;
  state: "opening" | "running" | "done" | "cancelled" | "failed";
  /** A sentence, where `state` is `failed`. */
  message?: string;
}

/** Serves requests for files out of the data channels of its own thread. */
export class MediaBridge implements MediaServer {
  /** Told at every change of a transfer, many times a second while bytes flow. */
  onTransfer: (transfer: MediaTransfer) => void = () => {};

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
    const { path, download } = request;
    const transfer: MediaTransfer = {
      path,
      download,
      name: path.slice(path.lastIndexOf("/") + 1),
      length: 0,
      sent: 0,
      state: "opening",
    };
    const stop = new AbortController();
    const inbox = new Inbox(port, () => stop.abort());
    this.#active++;
    try {
      const lease = await this.#files.use(path);
      let failed = true;
      try {
        await this.#transfer(lease.file, inbox, port, transfer, stop.signal);
        failed = false;
      } finally {
        lease.release(failed && !stop.signal.aborted);
      }
    } catch (cause) {
      if (!stop.signal.aborted) {
        const error = toPlayerError(cause);
        transfer.state = "failed";
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

  async #transfer(
    file: RangedFile,
    inbox: Inbox,
    port: MessagePort,
    transfer: MediaTransfer,
    signal: AbortSignal,
  ): Promise<void> {
    transfer.name = file.name;
    post(port, { type: "file", name: file.name, size: file.size });
    const read = await inbox.next();
    if (read.type !== "read") return void (transfer.state = "cancelled");
    transfer.length = read.length;
    transfer.state = "running";
    this.onTransfer(transfer);
    const reader = file.read(read.offset, read.length, { signal }).getReader();
    while ((await inbox.next()).type === "pull") {
      const { done, value } = await reader.read();
      if (done) {
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

/** The worker's messages in order; a cancel overtakes those that wait. */
class Inbox {
  #waiting: WorkerMessage[] = [];
  #resolve: ((message: WorkerMessage) => void) | undefined;

  constructor(port: MessagePort, onCancel: () => void) {
    port.onmessage = (event) => {
      const message = event.data as WorkerMessage;
      if (message.type === "cancel") {
        this.#waiting = [];
        onCancel();
      }
      const resolve = this.#resolve;
      this.#resolve = undefined;
      if (resolve) resolve(message);
      else this.#waiting.push(message);
    };
  }

  next(): Promise<WorkerMessage> {
    const message = this.#waiting.shift();
    if (message) return Promise.resolve(message);
    return new Promise((resolve) => this.#resolve = resolve);
  }
}

function post(port: MessagePort, message: PageMessage): void {
  port.postMessage(message);
}
