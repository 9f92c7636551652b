import { aborted, PlayerError, toPlayerError } from "../client/errors.ts";

export type DownloadState =
  /** For one of the places of those that run. */
  | "waiting"
  | "running"
  | "paused"
  | "done"
  | "failed"
  | "cancelled";

/** What a {@link Download} does. */
export interface DownloadWork {
  /** File name on this computer. */
  readonly name: string;
  /**
   * Does it, from where it stands to its end, and reports to `download`. Work that cannot begin again waits at
   * {@link Download.pass} before each piece.
   */
  run(download: Download, signal: AbortSignal): Promise<void>;
  /** Whether {@link run} may be broken off and called again, also after a failure. */
  readonly isResumable: boolean;
  /** Called in the click that lets it go on, where browsers ask for permission. */
  prepare?(): Promise<void>;
  /** It is cancelled: what is there of it is removed. */
  discard?(): Promise<void>;
}

/** One download, as a list shows it. */
export class Download {
  readonly work: DownloadWork;
  /** Bytes; 0 before it is known, `Infinity` where it cannot be. */
  total: number;
  /** Bytes that have arrived. */
  received = 0;
  /** A sentence for people, where there is something to say. */
  message: string | undefined;

  readonly #onChange: (download: Download) => void;
  readonly #cancelled = new AbortController();
  #state: DownloadState;
  #stint: AbortController | undefined;
  #last: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;

  /** Made by {@link DownloadList}. */
  constructor(
    work: DownloadWork,
    state: "waiting" | "paused",
    total: number,
    onChange: (download: Download) => void,
  ) {
    this.work = work;
    this.#state = state;
    this.total = total;
    this.#onChange = onChange;
  }

  get name(): string {
    return this.work.name;
  }

  get state(): DownloadState {
    return this.#state;
  }

  /** Aborts when it is cancelled. */
  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  /** Work of it would be lost if the page closed. */
  get isUnsaved(): boolean {
    return this.#state === "running" || this.#state === "waiting" ||
      (this.#state === "paused" && !this.work.isResumable);
  }

  /** Holds it; it gives its place to others. */
  pause(): void {
    if (this.#state !== "running" && this.#state !== "waiting") return;
    this.#enter("paused");
    if (this.work.isResumable) this.#stint?.abort();
  }

  /** Lets it go on, also after a failure where it can; in a click. */
  async goOn(): Promise<void> {
    if (this.#state !== "paused" && !(this.#state === "failed" && this.work.isResumable)) return;
    try {
      await this.work.prepare?.();
    } catch (cause) {
      this.message = toPlayerError(cause).message;
      return this.#onChange(this);
    }
    this.message = undefined;
    this.#enter("waiting");
  }

  /** Ends it and removes what is there of it. Resolves when that is done. */
  async cancel(): Promise<void> {
    if (this.#state === "done" || this.#state === "cancelled") return;
    this.#enter("cancelled");
    this.#cancelled.abort();
    this.#stint?.abort();
    await this.#last;
    await this.work.discard?.();
  }

  /** It has a place: runs, or runs on. */
  start(): void {
    if (this.#state !== "waiting") return;
    this.#enter("running");
    if (this.#stint && !this.#stint.signal.aborted) return;
    const stint = this.#stint = new AbortController();
    // What was broken off may still be putting its things away.
    this.#last = this.#last.then(() => this.#run(stint));
  }

  /** Says something in its line. */
  note(message: string | undefined): void {
    if (this.message === message) return;
    this.message = message;
    this.#onChange(this);
  }

  /** Resolves when the next piece may be taken. @throws {PlayerError} aborted, when it is cancelled */
  async pass(): Promise<void> {
    while (!this.#cancelled.signal.aborted && this.#state !== "running") {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.#cancelled.signal.aborted) throw aborted(this.#cancelled.signal);
  }

  async #run(stint: AbortController): Promise<void> {
    try {
      if (stint.signal.aborted || this.#state === "done") return;
      await this.work.run(this, stint.signal);
      // Its last byte may have come before the click on Pause had an effect.
      if (this.#state === "running" || this.#state === "paused") this.#enter("done");
    } catch (cause) {
      if (stint.signal.aborted) return;
      this.message = sentence(cause);
      this.#enter("failed");
    } finally {
      if (this.#stint === stint) this.#stint = undefined;
    }
  }

  #enter(state: DownloadState): void {
    this.#state = state;
    this.#wake?.();
    this.#onChange(this);
  }
}

/** What went wrong, also where this computer is the one that refuses. */
function sentence(cause: unknown): string {
  if (!(cause instanceof DOMException)) return toPlayerError(cause).message;
  switch (cause.name) {
    case "QuotaExceededError":
      return "There is not enough room on this computer.";
    case "NotAllowedError":
      return "The browser was not allowed to write the file.";
    case "NotFoundError":
      return "The file on this computer is gone. Remove the download and begin it again.";
    case "AbortError":
      return "The browser broke off writing the file. It may have found it unsafe.";
    default:
      return new PlayerError("read-error", `The file could not be written: ${cause.message}`).message;
  }
}
