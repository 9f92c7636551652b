/// <reference lib="dom" />
import { CustomSource } from "mediabunny";
import type { MediaRequest } from "../media/messages.ts";
import { PagePort } from "../media/page_port.ts";

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

/**
 * A file as mediabunny reads it.
 *
 * @param tap told of all bytes that are read, as they come; they are not its to keep
 */
export function fileSource(
  size: number,
  open: OpenBytes,
  tap: (offset: number, bytes: Uint8Array) => void,
): CustomSource {
  return new CustomSource({
    getSize: () => size,
    read: async (start, end) => {
      let at = start;
      const told = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(bytes, controller) {
          tap(at, bytes);
          at += bytes.byteLength;
          controller.enqueue(bytes);
        },
      });
      return (await open(start, end)).pipeThrough(told);
    },
    maxCacheSize: CACHE_SIZE,
    prefetchProfile: "network",
  });
}
