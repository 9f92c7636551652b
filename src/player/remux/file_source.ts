/// <reference lib="dom" />
import { CustomSource } from "mediabunny";
import { MessageMemory } from "../client/message_memory.ts";
import type { MediaRequest } from "../media/messages.ts";
import { PagePort } from "../media/page_port.ts";
import { endReads } from "./open_reads.ts";

/** What of the file is kept for those who read here and there in it, in bytes. */
const CACHE_SIZE = 16 << 20;

/** Bytes `start` to `end` of a file. */
export type OpenBytes = (start: number, end: number) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

/**
 * A file of the page's connection: each read is a request over a port of its own, as those of a service worker
 * are.
 *
 * @param ask hands the request and the page's end of its port over
 */
export function fileBytes(path: string, ask: (request: MediaRequest, port: MessagePort) => void): OpenBytes {
  return async (start, end) => {
    const { port1, port2 } = new MessageChannel();
    // A dedicated worker ends with its page.
    const page = new PagePort(port1, () => Promise.resolve(true), () => {});
    ask({ type: "media-request", path, download: false }, port2);
    const file = await page.reply();
    if (file.type !== "file") throw new Error(file.type === "error" ? file.error.message : "unexpected");
    return page.body(start, end - start);
  };
}

/** Why a read ended before it was done: nobody wants the bytes any more. */
class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** A file as mediabunny reads it. */
export class FileSource {
  readonly source: CustomSource;
  readonly #open: OpenBytes;
  readonly #tap: (offset: number, bytes: Uint8Array) => void;
  readonly #messages = new MessageMemory();
  #abandoned = new AbortController();

  /** @param tap told of all bytes that are read, as they come; they are not its to keep */
  constructor(size: number, open: OpenBytes, tap: (offset: number, bytes: Uint8Array) => void) {
    this.#open = open;
    this.#tap = tap;
    this.source = new CustomSource({
      getSize: () => size,
      read: (start, end) => this.#read(start, end),
      maxCacheSize: CACHE_SIZE,
      prefetchProfile: "network",
      handleUnhandledError: (error) => {
        if (!(error instanceof Abandoned)) throw error;
      },
    });
  }

  /**
   * Ends what is being read, with an error for who still waits for it: mediabunny reads 8 MiB ahead, and has two
   * reads at a time at most, so that a place sought to would wait for what nobody wants any more.
   */
  abandon(): void {
    const reason = new Abandoned("the bytes are not wanted any more");
    endReads(this.source, reason);
    this.#abandoned.abort(reason);
    this.#abandoned = new AbortController();
  }

  async #read(start: number, end: number): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const { signal } = this.#abandoned;
    const bytes = await this.#open(start, end);
    let at = start;
    const told = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (piece, controller) => {
        this.#tap(at, piece);
        this.#messages.received(piece.byteLength);
        at += piece.byteLength;
        controller.enqueue(piece);
      },
    });
    // Who reads `told` hears why it ended.
    bytes.pipeTo(told.writable, { signal }).catch(() => {});
    return told.readable;
  }
}
