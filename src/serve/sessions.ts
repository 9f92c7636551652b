import * as v from "valibot";
import type { DispatchedSession } from "../signal/agent_api.ts";
import { type ByeReason, SessionId } from "../signal/envelope.ts";
import { log, short } from "./log.ts";
import { Session, type SessionOptions } from "./session.ts";

/** How long the id of an ended session is remembered, in milliseconds. */
const REMEMBERED_MS = 10 * 60_000;

/** Ids remembered at most. */
const MAX_REMEMBERED = 10_000;

/** Refusals under way at most; beyond, a session is left to its viewer's own timeout. */
const MAX_REFUSING = 64;

/** How long all sessions together may take to close, in milliseconds. */
const STOP_MS = 3_000;

export interface SessionsOptions extends SessionOptions {
  /** Sessions at once, and of one viewer where the relay tells viewers apart. */
  readonly maxSessions: number;
  readonly maxPerViewer: number;
}

/** The sessions of a box: starts each dispatched one once, within the bounds, and ends them together. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #live = new Map<string, { session: Session; viewer: string | undefined }>();
  readonly #refusing = new Set<Session>();
  /** Ended ids and when they may be forgotten; in the order of their ends. */
  readonly #ended = new Map<string, number>();
  #stopping = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#live.size;
  }

  /** Starts a session, or refuses it with a `bye`. One that lives or ended lately is ignored. */
  dispatch(dispatched: DispatchedSession): void {
    const id = dispatched.sessionId;
    if (!v.is(SessionId, id)) return log.warn("a session with an id that is none was ignored");
    this.#forget();
    if (this.#stopping || this.#live.has(id) || this.#ended.has(id)) return;
    const refusal = this.#refusal(dispatched);
    if (refusal !== undefined) return this.#refuse(dispatched, refusal);
    const session = new Session(dispatched, this.#options);
    this.#live.set(id, { session, viewer: dispatched.viewer });
    void session.closed.then(() => {
      this.#live.delete(id);
      this.#remember(id);
    });
    session.start();
  }

  /** Closes all sessions in parallel; resolves after {@link STOP_MS} at the latest. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const closing = [...this.#live.values()].map(({ session }) => {
      session.end({ type: "shutdown" });
      return session.closed;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, STOP_MS));
    await Promise.race([Promise.all([...closing, ...[...this.#refusing].map(({ closed }) => closed)]), late]);
    clearTimeout(timer);
  }

  #refusal({ transport = "", viewer }: DispatchedSession): ByeReason | undefined {
    if (!["", "webrtc"].includes(transport.toLowerCase())) return "unsupported-transport";
    if (this.#live.size >= this.#options.maxSessions) return "busy";
    if (viewer === undefined) return undefined;
    const same = [...this.#live.values()].filter((other) => other.viewer === viewer).length;
    return same >= this.#options.maxPerViewer ? "busy" : undefined;
  }

  #refuse(dispatched: DispatchedSession, reason: ByeReason): void {
    this.#remember(dispatched.sessionId);
    if (this.#refusing.size >= MAX_REFUSING) {
      return log.warn("{session} refused: {reason}, untold", {
        session: short(dispatched.sessionId),
        reason,
      });
    }
    const session = new Session(dispatched, this.#options);
    this.#refusing.add(session);
    void session.closed.then(() => this.#refusing.delete(session));
    session.refuse(reason);
  }

  #remember(id: string): void {
    this.#ended.set(id, performance.now() + REMEMBERED_MS);
    this.#forget();
  }

  #forget(): void {
    const now = performance.now();
    for (const [id, until] of this.#ended) {
      if (until > now && this.#ended.size <= MAX_REMEMBERED) return;
      this.#ended.delete(id);
    }
  }
}
