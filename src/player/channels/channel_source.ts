/// <reference lib="webworker" />
import type { ChannelNews } from "../client/connection_details.ts";
import { aborted, type PlayerError } from "../client/errors.ts";
import { FileChannel } from "../client/file_channel.ts";
import { RemoteFile } from "../client/remote_file.ts";
import type { PageOrder, WorkerReport } from "./messages.ts";
import { fromPlain } from "../client/plain_error.ts";

type Given = Extract<PageOrder, { readonly type: "channel" }>;

interface Asked {
  resolve(given: Given): void;
  reject(error: PlayerError): void;
}

/** The page's connection, seen from its worker: files on channels that the page is asked for. */
export class ChannelSource {
  #received = 0;
  #greeted = 0;
  readonly #post: (report: WorkerReport) => void;
  readonly #asked = new Map<number, Asked>();
  /** Those in use, by connection. */
  readonly #channels = new Map<FileChannel, number>();
  #lastId = 0;

  constructor(post: (report: WorkerReport) => void) {
    this.#post = post;
  }

  /** What has happened since it was last asked. */
  news(): ChannelNews {
    const channels = [...this.#channels.keys()];
    const news = {
      received: this.#received,
      greeted: this.#greeted,
      expects: channels.some((channel) => channel.expects),
      channels: channels.map(({ details }) => details),
    };
    this.#received = this.#greeted = 0;
    return news;
  }

  /** Opens a file on a channel of its own. Throws as `Session.open`, and waits where there is no session. */
  async open(path: string, signal?: AbortSignal): Promise<RemoteFile> {
    const { channel: raw, session } = await this.#ask(path, signal);
    const channel = new FileChannel(raw, { onBytes: (count) => this.#received += count });
    this.#channels.set(channel, session);
    void channel.hello.then(() => this.#greeted++, () => {});
    void channel.closed.then(() => this.#channels.delete(channel));
    const abort = () => channel.fail(aborted(signal));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await RemoteFile.open(channel);
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** What the page says about channels. */
  take(order: Extract<PageOrder, { readonly type: "channel" | "refused" | "lost" }>): void {
    if (order.type === "lost") {
      const error = fromPlain(order.error);
      for (const [channel, session] of this.#channels) if (session === order.session) channel.fail(error);
      return;
    }
    const asked = this.#asked.get(order.id);
    this.#asked.delete(order.id);
    if (order.type === "refused") asked?.reject(fromPlain(order.error));
    else if (asked === undefined) order.channel.close();
    else asked.resolve(order);
  }

  #ask(path: string, signal?: AbortSignal): Promise<Given> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(signal));
      const id = ++this.#lastId;
      const abort = () => {
        this.#asked.delete(id);
        this.#post({ type: "unwanted", id });
        reject(aborted(signal));
      };
      const settled = () => signal?.removeEventListener("abort", abort);
      this.#asked.set(id, {
        resolve: (given) => (settled(), resolve(given)),
        reject: (error) => (settled(), reject(error)),
      });
      signal?.addEventListener("abort", abort, { once: true });
      this.#post({ type: "open", id, path });
    });
  }
}
