/// <reference lib="dom" />
import type { MediaServer } from "../media/media_bridge.ts";
import type { MediaRequest } from "../media/messages.ts";
import { scriptUrl } from "../script_url.ts";
import type { EmbeddedEvents } from "../subtitles/embedded/track.ts";
import type { MediaFacts } from "./media_facts.ts";
import type { PageOrder, WorkerReport } from "./messages.ts";
import type { RemuxPlan } from "./plan.ts";

/** What is made of a file from one place on. */
export interface RunEvents {
  init(bytes: Uint8Array<ArrayBuffer>): void;
  fragment(bytes: Uint8Array<ArrayBuffer>): void;
  end(): void;
}

/** The page's end of a worker that takes one file apart. */
export class Remuxer {
  /** Told a sentence when nothing more will come. */
  onfailed: (message: string) => void = () => {};
  /** Told of the subtitles inside the file; their times are those of what is shown. */
  onsubtitles: EmbeddedEvents = { tracks: () => {}, cues: () => {}, pictures: () => {} };
  readonly #worker = new Worker(scriptUrl("/remux_worker.js"), { type: "module" });
  readonly #facts = Promise.withResolvers<MediaFacts>();
  #run = 0;
  #events: RunEvents | undefined;

  /** @param media answers the worker's requests for bytes */
  constructor({ path, size }: { readonly path: string; readonly size: number }, media: MediaServer) {
    this.#facts.promise.catch(() => {});
    this.#worker.onmessage = ({ data, ports }: MessageEvent<WorkerReport | MediaRequest>) => {
      if (data.type === "media-request") return void media.serve(data, ports[0]!);
      this.#take(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message || "the part that takes films apart could not be loaded");
    };
    this.#order({ type: "open", path, size });
  }

  /** Resolves when the file has been looked at; rejects where it cannot be read. */
  get facts(): Promise<MediaFacts> {
    return this.#facts.promise;
  }

  /** Begins at a place, in seconds, in place of what was being made; the first fragment comes unasked. */
  start(time: number, plan: RemuxPlan, events: RunEvents): void {
    this.#events = events;
    this.#order({ type: "start", run: ++this.#run, time, plan });
  }

  /** There is room for one piece more. */
  next(): void {
    this.#order({ type: "next", run: this.#run });
  }

  /** The bytes of a piece are not needed any more; whoever has them finds nothing in them from now on. */
  giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.#order({ type: "spent", buffer }, [buffer]);
  }

  /** A subtitle track is shown, and where, in seconds. */
  wantCues(track: number, time: number): void {
    this.#order({ type: "want-cues", track, time });
  }

  close(): void {
    this.#events = undefined;
    this.#worker.terminate();
  }

  #take(report: WorkerReport): void {
    if (report.type === "facts") return this.#facts.resolve(report.facts);
    if (report.type === "failed") return this.#fail(report.message);
    if (report.type === "subtitles") return this.onsubtitles.tracks(report.found);
    if (report.type === "cues") return this.onsubtitles.cues(report.track, report.cues);
    if (report.type === "pictures") return this.onsubtitles.pictures(report.track, report.window);
    if (report.run !== this.#run) return;
    if (report.type === "end") this.#events?.end();
    else this.#events?.[report.type](report.bytes);
  }

  #fail(message: string): void {
    this.#facts.reject(new Error(message));
    this.onfailed(message);
  }

  #order(order: PageOrder, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }
}
