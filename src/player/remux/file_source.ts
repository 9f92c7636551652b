/// <reference lib="dom" />
import { CustomSource } from "mediabunny";
import type { MediaRequest } from "../media/messages.ts";
import { PagePort } from "../media/page_port.ts";

/** What of the file is kept for those who read here and there in it, in bytes. */
const CACHE_SIZE = 16 << 20;

/**
 * A file of the page's connection, as mediabunny reads it: each read is a request over a port of its own, as
 * those of a service worker are.
 *
 * @param ask hands the request and the page's end of its port over
 */
export function fileSource(
  path: string,
  size: number,
  ask: (request: MediaRequest, port: MessagePort) => void,
): CustomSource {
  return new CustomSource({
    getSize: () => size,
    read: async (start, end) => {
      const { port1, port2 } = new MessageChannel();
      // A dedicated worker ends with its page.
      const page = new PagePort(port1, () => Promise.resolve(true), () => {});
      ask({ type: "media-request", path, download: false }, port2);
      const file = await page.reply();
      if (file.type !== "file") throw new Error(file.type === "error" ? file.error.message : "unexpected");
      return page.body(start, end - start);
    },
    maxCacheSize: CACHE_SIZE,
    prefetchProfile: "network",
  });
}
