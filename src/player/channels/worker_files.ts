/// <reference lib="dom" />
import { aborted } from "../client/errors.ts";
import type { PersistentSession } from "../client/persistent_session.ts";
import type { RangedFile } from "../client/ranged_file.ts";
import type { Session } from "../client/session.ts";
import { type FileLease, MediaBridge, type MediaServer, type MediaTransfer } from "../media/media_bridge.ts";
import type { MediaRequest } from "../media/messages.ts";
import { PagePort } from "../media/page_port.ts";
import { scriptUrl } from "../script_url.ts";
import type { PageOrder, WorkerReport } from "./messages.ts";
import { fromPlain, toPlain } from "../client/plain_error.ts";

/** How long the worker's script may take to run, in milliseconds. */
const START_TIMEOUT_MS = 5_000;

/** Files whose data channels live in a worker. */
export class WorkerFiles implements MediaServer {
  onTransfer: (transfer: MediaTransfer) => void = () => {};
  /** Downloads are held and broken off by the page, so their bytes pass through it. */
  readonly #saves = new MediaBridge(this);
  readonly #worker: Worker;
  readonly #session: PersistentSession;
  readonly #opening = new Map<number, AbortController>();
  readonly #sessions = new WeakMap<Session, number>();
  readonly #transfers = new Map<number, MediaTransfer>();
  #lastSession = 0;
  #active = 0;

  private constructor(worker: Worker, session: PersistentSession) {
    this.#worker = worker;
    this.#session = session;
    this.#saves.onTransfer = (transfer) => this.onTransfer(transfer);
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>) => this.#take(data);
  }

  /** Resolves with undefined where the browser keeps channels in the page, or the worker does not start. */
  static async start(session: PersistentSession): Promise<WorkerFiles | undefined> {
    if (!canTransferChannels()) return undefined;
    const worker = new Worker(scriptUrl("/channel_worker.js"), { type: "module" });
    const started = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), START_TIMEOUT_MS);
      worker.onmessage = () => (clearTimeout(timer), resolve(true));
      worker.onerror = (event) => (event.preventDefault(), clearTimeout(timer), resolve(false));
    });
    if (started) return new WorkerFiles(worker, session);
    worker.terminate();
    return undefined;
  }

  get active(): number {
    return this.#active;
  }

  get onSave(): MediaServer["onSave"] {
    return this.#saves.onSave;
  }

  set onSave(asked: MediaServer["onSave"]) {
    this.#saves.onSave = asked;
  }

  serve(request: MediaRequest, port: MessagePort): void {
    if (request.download) void this.#saves.serve(request, port);
    else this.#order(request, [port]);
  }

  need(path: string, bytesPerSecond: number): void {
    this.#order({ type: "need", path, bytesPerSecond });
  }

  async use(path: string): Promise<FileLease> {
    const port = this.#request(path);
    const { name, size } = await fileOf(port);
    const file: RangedFile = {
      path,
      name,
      size,
      read: (offset, length, options) => this.#read(path, offset, length, options?.signal),
    };
    // The request that stays open keeps the channel.
    return { file, release: () => port.cancel() };
  }

  #read(path: string, offset: number, length = Infinity, signal?: AbortSignal) {
    const port = this.#request(path);
    const abort = () => port.cancel();
    signal?.addEventListener("abort", abort, { once: true });
    let body: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        try {
          if (signal?.aborted) throw aborted(signal);
          body ??= await opened(port, offset, length);
          const { done, value } = await body.read();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (cause) {
          controller.error(signal?.aborted ? aborted(signal) : cause);
        }
        signal?.removeEventListener("abort", abort);
      },
      cancel: abort,
    }, { highWaterMark: 0 });
  }

  #request(path: string): PagePort {
    const { port1, port2 } = new MessageChannel();
    this.serve({ type: "media-request", path, download: false }, port2);
    return new PagePort(port1, () => Promise.resolve(true), () => {});
  }

  #take(report: WorkerReport): void {
    switch (report.type) {
      case "open":
        return void this.#open(report.id, report.path);
      case "unwanted":
        return this.#opening.get(report.id)?.abort();
      case "status":
        this.#active = report.active;
        return this.#session.noteElsewhere(report.news);
      case "transfer":
        return this.#moved(report.id, report.transfer);
    }
  }

  /** Whoever follows a transfer knows it by the same object. */
  #moved(id: number, now: MediaTransfer): void {
    const transfer = this.#transfers.get(id) ?? now;
    Object.assign(transfer, now);
    const isOver = now.state !== "opening" && now.state !== "running";
    if (isOver) this.#transfers.delete(id);
    else this.#transfers.set(id, transfer);
    this.onTransfer(transfer);
  }

  async #open(id: number, path: string): Promise<void> {
    const stop = new AbortController();
    this.#opening.set(id, stop);
    try {
      const session = await this.#session.session(stop.signal);
      const number = this.#number(session);
      const channel = session.createChannel(path);
      this.#order({ type: "channel", id, session: number, channel }, [channel]);
    } catch (cause) {
      this.#order({ type: "refused", id, error: toPlain(cause) });
    } finally {
      this.#opening.delete(id);
    }
  }

  #number(session: Session): number {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const number = ++this.#lastSession;
    this.#sessions.set(session, number);
    void session.closed.then((error) =>
      this.#order({ type: "lost", session: number, error: toPlain(error) })
    );
    return number;
  }

  #order(order: PageOrder, transfer: readonly unknown[] = []): void {
    this.#worker.postMessage(order, transfer as Transferable[]);
  }
}

async function fileOf(port: PagePort): Promise<{ readonly name: string; readonly size: number }> {
  const answer = await port.reply();
  if (answer.type === "error") throw fromPlain(answer.error);
  if (answer.type !== "file") throw new TypeError(`unexpected ${answer.type}`);
  return answer;
}

async function opened(port: PagePort, offset: number, length: number) {
  await fileOf(port);
  return port.body(offset, length).getReader();
}

/** Whether data channels may leave the page (WebRTC, section 6.2.4). */
function canTransferChannels(): boolean {
  const connection = new RTCPeerConnection();
  const { port1, port2 } = new MessageChannel();
  try {
    const channel = connection.createDataChannel("");
    port1.postMessage(channel, [channel as unknown as Transferable]);
    return true;
  } catch {
    return false;
  } finally {
    port1.close();
    port2.close();
    connection.close();
  }
}
