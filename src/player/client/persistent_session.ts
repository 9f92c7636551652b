import type { ListPage, SearchPage } from "../../signal/library_entries.ts";
import { connect, type ConnectOptions, type ConnectStep } from "./connect.ts";
import { aborted, PlayerError, toPlayerError } from "./errors.ts";
import type { ChannelNews } from "./connection_details.ts";
import { isPassing } from "./passing.ts";
import { PersistentFile } from "./persistent_file.ts";
import type { Session } from "./session.ts";
import { successor } from "./successor.ts";
import { codeWord } from "./trace.ts";

/** Where a {@link PersistentSession} stands. */
export type PersistentState =
  | { readonly kind: "connecting"; readonly step: ConnectStep }
  | { readonly kind: "open"; readonly session: Session }
  /** The connection is silent and may come back by itself. */
  | { readonly kind: "interrupted"; readonly session: Session }
  /** The next try is at `retryAt`, in milliseconds since 1970. */
  | { readonly kind: "waiting"; readonly error: PlayerError; readonly retryAt: number }
  /** Only {@link PersistentSession.retry} goes on from here. */
  | { readonly kind: "failed"; readonly error: PlayerError }
  | { readonly kind: "closed" };

export interface PersistentOptions extends Omit<ConnectOptions, "signal" | "onStep"> {
  /** Calls wait even when trying has ended for good: a person may look into it and start it again. */
  readonly patient?: boolean;
}

/** Pauses between tries in milliseconds; the last one repeats. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/**
 * A session that is made anew when it breaks. Fires `statechange`.
 *
 * Calls wait for a connection, and reject once trying has ended for good, unless told to be patient.
 */
export class PersistentSession extends EventTarget {
  readonly #options: PersistentOptions;
  #state: PersistentState = { kind: "closed" };
  #stop = new AbortController();
  #retryNow: () => void = () => {};
  #failures = 0;
  #agentId: string | undefined;
  #receivedBefore = 0;
  /** Sessions whose bytes are among {@link #receivedBefore}. */
  readonly #counted = new WeakSet<Session>();
  #running = false;

  constructor(options: PersistentOptions) {
    super();
    this.#options = options;
    this.#agentId = options.agentId;
  }

  get state(): PersistentState {
    return this.#state;
  }

  /** The box in use, once known. */
  get agentId(): string | undefined {
    return this.#agentId;
  }

  /** File bytes received over all connections. */
  get bytesReceived(): number {
    const { state } = this;
    const current = "session" in state && !this.#counted.has(state.session) ? state.session.bytesReceived : 0;
    return this.#receivedBefore + current;
  }

  /** As {@link Session.noteElsewhere}. */
  noteElsewhere(news: ChannelNews): void {
    if ("session" in this.#state) this.#state.session.noteElsewhere(news);
    else this.#receivedBefore += news.received;
  }

  /** Connects, now, whatever the state: cuts a wait short, starts again after a failure. */
  retry(): void {
    this.#failures = 0;
    if (this.#running) return this.#retryNow();
    this.#stop = new AbortController();
    void this.#run(this.#stop.signal);
  }

  /**
   * The network, or the machine, may have come back or changed: a wait is cut short, and a connection is looked
   * at, which says nothing by itself for as long as half a minute.
   */
  wake(): void {
    const { state } = this;
    if (state.kind === "waiting") this.retry();
    else if ("session" in state) state.session.check();
  }

  close(): void {
    this.#stop.abort(new PlayerError("closed", "The session was closed."));
    if ("session" in this.#state) this.#state.session.close();
    this.#enter({ kind: "closed" });
  }

  /**
   * The session in use, or the next one.
   *
   * @throws {PlayerError} the reason why there will be none, or aborted
   */
  session(signal?: AbortSignal): Promise<Session> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const { state } = this;
        if (signal?.aborted) reject(aborted(signal));
        else if ("session" in state && state.session.state !== "closed") resolve(state.session);
        else if (state.kind === "failed" && !this.#options.patient) reject(state.error);
        else if (state.kind === "closed") reject(new PlayerError("closed", "The session was closed."));
        else return;
        this.removeEventListener("statechange", settle);
        signal?.removeEventListener("abort", settle);
      };
      this.addEventListener("statechange", settle);
      signal?.addEventListener("abort", settle);
      settle();
    });
  }

  /** As {@link Session.list}, asked again where the connection breaks meanwhile. */
  list(path: string, cursor: string | null = null, signal?: AbortSignal): Promise<ListPage> {
    return this.#again((session) => session.list(path, cursor, signal), signal);
  }

  /** As {@link Session.search}, asked again where the connection breaks meanwhile. */
  search(query: string, limit?: number, signal?: AbortSignal): Promise<SearchPage> {
    return this.#again((session) => session.search(query, limit, signal), signal);
  }

  /** A file whose reads go on over a new connection where the old one ended. Throws as {@link Session.open}. */
  open(path: string, signal?: AbortSignal): Promise<PersistentFile> {
    return PersistentFile.open(path, (signal) => this.session(signal), signal);
  }

  async #again<T>(ask: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1;; attempt++) {
      const session = await this.session(signal);
      try {
        return await ask(session);
      } catch (cause) {
        // An answer that is an error is an answer; only a session's end is worth another.
        if (attempt >= 3 || session.state !== "closed" || !isPassing(toPlayerError(cause))) throw cause;
      }
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    this.#running = true;
    try {
      while (!signal.aborted) {
        const error = await this.#connection(signal);
        if (signal.aborted) return;
        if (!this.#worthRetrying(error)) return this.#enter({ kind: "failed", error });
        await this.#pause(error, signal);
      }
    } finally {
      this.#running = false;
    }
  }

  /** One connection from its beginning to its end, and those that take its place; returns why the last ended. */
  async #connection(signal: AbortSignal): Promise<PlayerError> {
    this.#enter({ kind: "connecting", step: "relay" });
    let next = await this.#connect(signal, (step) => this.#enter({ kind: "connecting", step }));
    let before: Session | undefined;
    while (!(next instanceof PlayerError)) {
      const session: Session = next;
      this.#use(session);
      this.#leave(before);
      before = session;
      next = await successor(session, (stop) => this.#connect(AbortSignal.any([signal, stop])));
    }
    this.#leave(before);
    return next;
  }

  #use(session: Session): void {
    this.#failures = 0;
    this.#agentId = session.agentId;
    session.addEventListener("statechange", () => {
      if (session.state !== "closed" && "session" in this.#state && this.#state.session === session) {
        this.#enter({ kind: session.state, session });
      }
    });
    this.#enter({ kind: "open", session });
  }

  /** What was read over it goes on over the next one, which is in use by now. */
  #leave(session: Session | undefined): void {
    if (!session) return;
    session.close(new PlayerError("connection-lost", "Another connection has taken its place."));
    this.#receivedBefore += session.bytesReceived;
    this.#counted.add(session);
  }

  async #connect(signal: AbortSignal, onStep?: (step: ConnectStep) => void): Promise<Session | PlayerError> {
    try {
      const session = await connect({
        ...this.#options,
        ...(this.#agentId === undefined ? {} : { agentId: this.#agentId }),
        signal,
        ...(onStep ? { onStep } : {}),
      });
      if (!signal.aborted) return session;
      session.close();
      return aborted(signal);
    } catch (error) {
      return toPlayerError(error);
    }
  }

  #worthRetrying(error: PlayerError): boolean {
    if (error.type === "agent-unknown") {
      const wasKnown = this.#agentId !== undefined;
      // The relay or the box has started anew, and ids with it: any single box will do, unless one was chosen.
      this.#agentId = this.#options.agentId;
      // A box that starts after the page is worth waiting for.
      return this.#options.patient === true || (wasKnown && this.#failures < 5);
    }
    return isPassing(error);
  }

  async #pause(error: PlayerError, signal: AbortSignal): Promise<void> {
    const planned = PAUSES_MS[Math.min(this.#failures++, PAUSES_MS.length - 1)]!;
    // Many viewers that lost the same box should not come back in the same moment.
    const pause = Math.max(planned * (0.8 + 0.4 * Math.random()), error.retryAfterMs ?? 0);
    this.#options.trace?.("waiting", codeWord(error.reason) ?? error.type);
    this.#enter({ kind: "waiting", error, retryAt: Date.now() + pause });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      this.#retryNow = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", this.#retryNow, { once: true });
    });
    this.#retryNow = () => {};
  }

  #enter(state: PersistentState): void {
    if (this.#stop.signal.aborted && state.kind !== "closed") return;
    this.#state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}
