import type { RangedFile } from "../../../src/player/client/ranged_file.ts";
import { type FileSource, MediaBridge } from "../../../src/player/media/media_bridge.ts";
import type { MediaRequest } from "../../../src/player/media/messages.ts";
import type { PageOrder, WorkerReport } from "../../../src/player/remux/messages.ts";

/** As many bytes as a piece that comes over a data channel. */
const PIECE_BYTES = 256 * 1024;
/** How long one takes. */
const PIECE_MS = 10;

/** A file on this disk, as far away as the page's files are. */
class DistantFile implements RangedFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  /** Where reads have begun, in bytes. */
  readonly reads: number[] = [];
  readonly #delay: () => Promise<void>;

  constructor(path: string, size: number, delay: () => Promise<void>) {
    this.path = path;
    this.name = path;
    this.size = size;
    this.#delay = delay;
  }

  async *#pieces(offset: number, length: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    using file = await Deno.open(this.path);
    await file.seek(offset, Deno.SeekMode.Start);
    await this.#delay();
    for (let left = length; left > 0;) {
      const bytes = new Uint8Array(Math.min(left, PIECE_BYTES));
      const count = await file.read(bytes);
      if (count === null) return;
      left -= count;
      await new Promise((resolve) => setTimeout(resolve, PIECE_MS));
      yield bytes.slice(0, count);
    }
  }

  read(offset: number, length = this.size - offset): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.reads.push(offset);
    return ReadableStream.from(this.#pieces(offset, length));
  }
}

/** The page's end of the worker that takes films apart: the worker itself, the bridge itself, a file from a disk. */
export class RemuxHost implements Disposable {
  readonly #worker = new Worker(new URL("../../../src/player/remux/remux_worker.ts", import.meta.url), {
    type: "module",
  });

  /** @param delay before a file is open, and before its first byte each time */
  constructor(path: string, size: number, delay: () => Promise<void>) {
    const file = new DistantFile(path, size, delay);
    this.reads = file.reads;
    const files: FileSource = {
      use: async () => {
        await delay();
        return { file, release() {} };
      },
      need() {},
    };
    const bridge = new MediaBridge(files);
    this.#worker.addEventListener("message", ({ data, ports }: MessageEvent<WorkerReport | MediaRequest>) => {
      if (data.type === "media-request") void bridge.serve(data, ports[0]!);
      else {
        if (data.type === "init") this.order({ type: "next", run: data.run });
        if (data.type === "failed") this.failures.push(data.message);
        this.onReport(data);
      }
    });
    this.order({ type: "open", path, size });
  }

  /** Where it has begun to read, in bytes. */
  readonly reads: readonly number[];
  /** What it could not go on for. */
  readonly failures: string[] = [];
  onReport: (report: WorkerReport) => void = () => {};

  order(order: PageOrder): void {
    this.#worker.postMessage(order);
  }

  /** The next report of this kind. @throws {Error} where the worker has failed */
  until<Type extends WorkerReport["type"]>(
    type: Type,
    matters: (report: WorkerReport & { type: Type }) => boolean = () => true,
  ): Promise<WorkerReport & { type: Type }> {
    return new Promise((resolve, reject) => {
      this.onReport = (report) => {
        if (report.type === "failed") reject(new Error(report.message));
        const wanted = report as WorkerReport & { type: Type };
        if (report.type === type && matters(wanted)) resolve(wanted);
      };
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
