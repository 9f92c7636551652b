/// <reference lib="dom" />
import type { RemuxPlan } from "./plan.ts";
import type { Remuxer } from "./remuxer.ts";

/** So much is made ahead of what is shown, in seconds, */
const AHEAD_SECONDS = 30;
/** and so much is kept behind it; */
const BEHIND_SECONDS = 15;
/** what is older goes in lots of so much. Browsers alone would keep 150 MB of it. */
const LOT_SECONDS = 15;
/** A gap in what is there that playing goes over by itself, in seconds. */
const GAP_SECONDS = 0.5;
/** Browsers round the times they are given; less is no difference, in seconds. */
const SAME_SECONDS = 0.001;

/** Safari has this kind alone on telephones; it says itself when it wants more. */
declare const ManagedMediaSource: typeof MediaSource | undefined;

function mediaSourceClass(): typeof MediaSource | undefined {
  if (typeof ManagedMediaSource !== "undefined") return ManagedMediaSource;
  return typeof MediaSource === "undefined" ? undefined : MediaSource;
}

/** `isTypeSupported` of this browser's Media Source Extensions. */
export function canStream(mimeType: string): boolean {
  return mediaSourceClass()?.isTypeSupported(mimeType) ?? false;
}

/** Feeds a media element with what a {@link Remuxer} makes, wherever it is sought to. */
export class RemuxStream {
  /** A sentence: it cannot go on. */
  onproblem: (message: string) => void = () => {};
  readonly #element: HTMLMediaElement;
  readonly #remuxer: Remuxer;
  readonly #source: MediaSource;
  readonly #url: string;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  readonly #stop = new AbortController();
  #plan: RemuxPlan;
  #buffer: SourceBuffer | undefined;
  /** A piece was told of and not yet answered. */
  #owed = false;
  #ended = false;
  #begun = false;
  /** Where it begins, until the element is there: no one has sought. */
  #beginning: number | undefined;

  constructor(element: HTMLMediaElement, remuxer: Remuxer, plan: RemuxPlan, duration: number, from: number) {
    this.#element = element;
    this.#remuxer = remuxer;
    this.#plan = plan;
    this.#source = new (mediaSourceClass()!)();
    this.#url = URL.createObjectURL(this.#source);
    const { signal } = this.#stop;
    remuxer.onfailed = (message) => this.onproblem(message);
    this.#source.addEventListener("sourceopen", () => this.#open(duration, from), { once: true, signal });
    element.addEventListener("seeking", () => this.#seek(), { signal });
    element.addEventListener("timeupdate", () => this.#more(), { signal });
    // Managed sources refuse to be sent to another screen.
    element.disableRemotePlayback = true;
    element.src = this.#url;
  }

  /** Goes on with another sound from where it is. */
  change(plan: RemuxPlan): void {
    const { mimeType } = this.#plan;
    this.#plan = plan;
    this.#drop();
    if (plan.mimeType !== mimeType) this.#buffer!.changeType(plan.mimeType);
    // What is there has the other sound.
    this.#buffer!.remove(0, Infinity);
    this.#begin(this.#element.currentTime);
  }

  close(): void {
    this.#stop.abort();
    this.#remuxer.close();
    URL.revokeObjectURL(this.#url);
  }

  #open(duration: number, from: number): void {
    this.#buffer = this.#source.addSourceBuffer(this.#plan.mimeType);
    this.#source.duration = duration;
    const { signal } = this.#stop;
    this.#buffer.addEventListener("updateend", () => this.#append(), { signal });
    this.#buffer.addEventListener("error", () => this.onproblem(DAMAGED), { signal });
    this.#begin(from);
    if (from > 0) this.#element.currentTime = this.#beginning = from;
  }

  #begin(time: number): void {
    this.#ended = this.#owed = false;
    this.#begun = true;
    const take = (bytes: Uint8Array<ArrayBuffer>) => {
      this.#owed = true;
      this.#waiting.push(bytes);
      this.#append();
    };
    this.#remuxer.start(time, this.#plan, {
      init: take,
      fragment: take,
      end: () => {
        this.#ended = true;
        this.#append();
      },
    });
  }

  #seek(): void {
    if (!this.#begun || this.#source.readyState === "closed") return;
    const { currentTime } = this.#element;
    const beginning = this.#beginning;
    this.#beginning = undefined;
    const isBeginning = beginning !== undefined && Math.abs(currentTime - beginning) < SAME_SECONDS;
    if (isBeginning || this.#aheadOf(currentTime) > 0) return this.#more();
    this.#drop();
    this.#begin(currentTime);
  }

  /** Takes no more of what was being made. */
  #drop(): void {
    this.#waiting.length = 0;
    if (this.#source.readyState !== "open") return;
    try {
      this.#buffer!.abort();
    } catch {
      // What is old is being removed, which is nothing to break off; what comes next waits for its end.
    }
  }

  #append(): void {
    const buffer = this.#buffer;
    if (buffer === undefined || buffer.updating || this.#stop.signal.aborted) return;
    const bytes = this.#waiting[0];
    if (bytes === undefined) {
      if (this.#ended && this.#source.readyState === "open") this.#source.endOfStream();
      return this.#more();
    }
    // Says so by another `updateend`.
    if (this.#evict(LOT_SECONDS)) return;
    try {
      buffer.appendBuffer(bytes);
      this.#waiting.shift();
      // The browser has taken a copy (Media Source Extensions, section 5.2).
      this.#remuxer.giveBack(bytes);
    } catch (error) {
      if ((error as DOMException).name !== "QuotaExceededError") return this.onproblem(DAMAGED);
      // Where nothing has been shown yet that could go, there is room once it was.
      this.#evict(0);
    }
  }

  /** Asks for a piece where there is room for one, and skips what the file itself lacks. */
  #more(): void {
    if (this.#waiting.length > 0) return this.#append();
    const { currentTime } = this.#element;
    this.#skipGap(currentTime);
    if (!this.#owed || this.#ended || this.#aheadOf(currentTime) > AHEAD_SECONDS) return;
    this.#owed = false;
    this.#remuxer.next();
  }

  #skipGap(time: number): void {
    const { buffered, paused } = this.#element;
    if (paused || this.#aheadOf(time) > 0) return;
    for (let i = 0; i < buffered.length; i++) {
      const begin = buffered.start(i);
      if (begin > time && begin - time < GAP_SECONDS) this.#element.currentTime = begin;
    }
  }

  /** Seconds that are there from `time` on. */
  #aheadOf(time: number): number {
    const { buffered } = this.#element;
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) <= time && time < buffered.end(i)) return buffered.end(i) - time;
    }
    return 0;
  }

  /**
   * Removes what was shown a while ago, where there is more of it than `slack` seconds.
   *
   * @returns whether there was
   */
  #evict(slack: number): boolean {
    const until = this.#element.currentTime - BEHIND_SECONDS;
    const { buffered } = this.#element;
    if (buffered.length === 0 || buffered.start(0) + slack >= until) return false;
    this.#buffer!.remove(0, until);
    return true;
  }
}

const DAMAGED = "The browser stumbled over damaged or unusual data in the file.";
