import type { ByeReason } from "../signal/envelope.ts";
import type { TrustFailure } from "../trust/trust_error.ts";

export type SessionState =
  /** The path is looked at and the file opened. */
  | "CHECKING"
  /** The event stream is open; no offer yet. */
  | "WAITING"
  /** The offer is answered; no channel yet. */
  | "CONNECTING"
  /** Ranges are served. */
  | "OPEN"
  /** The peer is silent; nothing new is sent. */
  | "INTERRUPTED"
  | "CLOSING"
  | "CLOSED";

/** What happens to a session. */
export type SessionEvent =
  /** The file is open, or the session is the library's and needs none. */
  | { readonly type: "checked" }
  | { readonly type: "refused"; readonly reason: ByeReason }
  | { readonly type: "answered" }
  | { readonly type: "bad-offer" }
  /** An offer's proof is missing or not believed, or what was granted is so no more. */
  | { readonly type: "not-authorised"; readonly failure: TrustFailure }
  | { readonly type: "signalling-failed" }
  /** A data channel that will be served. */
  | { readonly type: "channel-open" }
  /** The served channels that are open now. */
  | { readonly type: "channels"; readonly count: number }
  | { readonly type: "connected" }
  | { readonly type: "disconnected" }
  | { readonly type: "connection-failed" }
  | { readonly type: "connection-closed" }
  /** Any frame of the viewer. */
  | { readonly type: "frame" }
  /** Responses in progress or waiting, over all channels. */
  | { readonly type: "load"; readonly responses: number }
  | { readonly type: "malformed" }
  | { readonly type: "stalled" }
  | { readonly type: "overloaded" }
  | { readonly type: "bye" }
  | { readonly type: "shutdown" }
  | { readonly type: "exception" }
  /** All steps of closing are done. */
  | { readonly type: "closed" };

/** Times of a session in milliseconds, and its counts. */
export interface SessionLimits {
  readonly checkingMs: number;
  readonly offerMs: number;
  readonly connectMs: number;
  readonly interruptedMs: number;
  readonly idleMs: number;
  /** How long a library session lives without a channel. */
  readonly noChannelMs: number;
  readonly malformed: number;
}

export const DEFAULT_LIMITS: SessionLimits = {
  checkingMs: 10_000,
  offerMs: 30_000,
  connectMs: 30_000,
  interruptedMs: 30_000,
  idleMs: 30 * 60_000,
  noChannelMs: 30_000,
  malformed: 64,
};

/** How a session ended: the reason its `bye` gives, or null where none is sent; `cause` is for the log. */
export interface Ending {
  readonly reason: ByeReason | null;
  readonly cause: string;
  /** Of `not-authorised`. */
  readonly detail?: TrustFailure;
}

/**
 * The life of one session: from event and time to state. No clock, no I/O: `now` is given in
 * milliseconds, and {@link deadline} says when {@link tick} is due. Every state has an end that the
 * other side cannot withhold.
 */
export class SessionMachine {
  #state: SessionState = "CHECKING";
  #ending: Ending | undefined;
  /** When the state is left if nothing happens. */
  #until: number;
  #lastFrame = 0;
  #responses = 0;
  #malformed = 0;
  /** Since when a library session has had no channel. */
  #channelless: number | undefined;

  /** @param single whether the session is one file on one channel */
  constructor(readonly limits: SessionLimits, readonly single: boolean, now: number) {
    this.#until = now + limits.checkingMs;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Set from CLOSING on. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get malformed(): number {
    return this.#malformed;
  }

  /** When {@link tick} is to be called; undefined where nothing is due. */
  get deadline(): number | undefined {
    if (this.#state === "CLOSING" || this.#state === "CLOSED") return undefined;
    if (this.#state !== "OPEN") return this.#until;
    const idle = this.#responses === 0 ? this.#lastFrame + this.limits.idleMs : Infinity;
    const empty = this.#channelless === undefined ? Infinity : this.#channelless + this.limits.noChannelMs;
    const next = Math.min(idle, empty);
    return next === Infinity ? undefined : next;
  }

  /** Time has passed. */
  tick(now: number): void {
    const deadline = this.deadline;
    if (deadline === undefined || now < deadline) return;
    switch (this.#state) {
      case "CHECKING":
        return this.#end("internal", "the file could not be opened in time");
      case "WAITING":
        return this.#end("connect-timeout", "no offer came");
      case "CONNECTING":
        return this.#end("connect-timeout", "no channel opened");
      case "INTERRUPTED":
        return this.#end("connection-lost", "the connection did not come back");
      case "OPEN":
        if (this.#channelless !== undefined && now >= this.#channelless + this.limits.noChannelMs) {
          return this.#end(null, "no channel was left");
        }
        return this.#end("connection-lost", "nothing was asked for too long");
    }
  }

  handle(event: SessionEvent, now: number): void {
    if (event.type === "closed") {
      if (this.#state === "CLOSING") this.#state = "CLOSED";
      return;
    }
    if (this.#state === "CLOSING" || this.#state === "CLOSED") return;
    switch (event.type) {
      case "bye":
        return this.#end(null, "the viewer said goodbye");
      case "shutdown":
        return this.#end("shutdown", "the agent stops");
      case "exception":
        return this.#end("internal", "an unexpected error");
      case "refused":
        return this.#end(event.reason, "refused");
      case "not-authorised":
        this.#end("not-authorised", `the viewer's link: ${event.failure}`);
        this.#ending = { ...this.#ending!, detail: event.failure };
        return;
      case "frame":
        this.#lastFrame = now;
        return;
      case "load":
        this.#loaded(event.responses, now);
        return;
      case "malformed":
        if (++this.#malformed > this.limits.malformed) this.#end("internal", "too many malformed messages");
        return;
      case "overloaded":
        return this.#end("internal", "the viewer asks more than it reads");
      default:
        return this.#progress(event, now);
    }
  }

  #progress(event: SessionEvent, now: number): void {
    switch (this.#state) {
      case "CHECKING":
        if (event.type === "checked") this.#enter("WAITING", now + this.limits.offerMs);
        return;
      case "WAITING":
        if (event.type === "answered") this.#enter("CONNECTING", now + this.limits.connectMs);
        else if (event.type === "bad-offer") this.#end("bad-offer", "the offer cannot be used");
        else if (event.type === "signalling-failed") this.#end(null, "signalling failed");
        return;
      case "CONNECTING":
        return this.#connecting(event, now);
      case "OPEN":
        return this.#open(event, now);
      case "INTERRUPTED":
        return this.#interrupted(event, now);
    }
  }

  #connecting(event: SessionEvent, now: number): void {
    switch (event.type) {
      case "channel-open":
        this.#lastFrame = now;
        return this.#enter("OPEN", Infinity);
      case "connection-failed":
        return this.#end("connect-timeout", "the connection failed");
      case "connection-closed":
        return this.#end(null, "the viewer closed the connection");
      case "signalling-failed":
        return this.#end(null, "signalling failed");
    }
  }

  #open(event: SessionEvent, now: number): void {
    switch (event.type) {
      case "disconnected":
        return this.#enter("INTERRUPTED", now + this.limits.interruptedMs);
      case "connection-failed":
        return this.#end("connection-lost", "the connection failed");
      case "connection-closed":
        return this.#end(null, "the viewer closed the connection");
      case "stalled":
        return this.#end("connection-lost", "the send buffer did not fall");
      case "channels":
        return this.#channels(event.count, now);
    }
  }

  #interrupted(event: SessionEvent, now: number): void {
    switch (event.type) {
      case "connected":
        return this.#enter("OPEN", Infinity);
      case "connection-failed":
        return this.#end("connection-lost", "the connection failed");
      case "connection-closed":
        return this.#end(null, "the viewer closed the connection");
      case "channels":
        return this.#channels(event.count, now);
    }
  }

  #channels(count: number, now: number): void {
    if (count > 0) this.#channelless = undefined;
    else if (this.single) this.#end(null, "the viewer closed the channel");
    else this.#channelless ??= now;
  }

  #loaded(responses: number, now: number): void {
    // The idle time counts from the end of the last response.
    if (this.#responses > 0 && responses === 0) this.#lastFrame = now;
    this.#responses = responses;
  }

  #enter(state: SessionState, until: number): void {
    this.#state = state;
    this.#until = until;
  }

  #end(reason: ByeReason | null, cause: string): void {
    this.#state = "CLOSING";
    this.#ending = { reason, cause };
  }
}
