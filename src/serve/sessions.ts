import type { DispatchedSession } from "../signal/agent_api.ts";
import type { ByeReason } from "../signal/envelope.ts";
import type { AccessRules, Authenticator } from "./authenticator.ts";
import { Session, type SessionOptions } from "./session.ts";

/** How long all sessions together may take to close, in milliseconds. */
const STOP_MS = 3_000;

/** The sessions of one engine. Which and how many there may be is decided where they are placed. */
export class Sessions {
  /** A session that was started or refused is over. */
  onclosed: (sessionId: string) => void = () => {};
  /** A session has had an offer that was believed for its proof. */
  onproven: (sessionId: string) => void = () => {};
  readonly #options: SessionOptions;
  readonly #authenticator: Authenticator;
  readonly #live = new Map<string, Session>();
  readonly #refusing = new Map<string, Session>();
  /** Bytes that sent those who are over. */
  #sent = 0;
  readonly #ended: Record<string, number> = {};
  #stopping = false;

  constructor(options: SessionOptions, authenticator: Authenticator) {
    this.#options = options;
    this.#authenticator = authenticator;
  }

  /** Sessions that live. */
  get count(): number {
    return this.#live.size;
  }

  /** Bytes of files sent, by sessions that live and by those that are over. */
  get bytesSent(): number {
    let sent = this.#sent;
    for (const session of this.#live.values()) sent += session.sent;
    return sent;
  }

  /** Bytes that wait in the send buffers of their channels. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const session of this.#live.values()) bytes += session.bufferedBytes;
    return bytes;
  }

  /** How many are over, by the reason of their `bye`; "ended" where the viewer left. */
  get ended(): Readonly<Record<string, number>> {
    return this.#ended;
  }

  start(dispatched: DispatchedSession): void {
    this.#run(this.#live, dispatched, (session) => session.start());
  }

  /** Says why not, and no more. */
  refuse(dispatched: DispatchedSession, reason: ByeReason): void {
    this.#run(this.#refusing, dispatched, (session) => session.refuse(reason));
  }

  /** Takes over other rules; sessions whose grant was taken back end. */
  restrict(rules: AccessRules): void {
    this.#authenticator.restrict(rules);
    for (const session of this.#live.values()) session.checkGrant();
  }

  /** Closes all sessions in parallel; resolves after {@link STOP_MS} at the latest. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const closing = [...this.#live.values()].map((session) => {
      session.end({ type: "shutdown" });
      return session.closed;
    });
    const refusing = [...this.#refusing.values()].map(({ closed }) => closed);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, STOP_MS));
    await Promise.race([Promise.all([...closing, ...refusing]), late]);
    clearTimeout(timer);
  }

  #run(where: Map<string, Session>, dispatched: DispatchedSession, begin: (session: Session) => void): void {
    const id = dispatched.sessionId;
    if (this.#stopping || this.#live.has(id) || this.#refusing.has(id)) return;
    const session = new Session(dispatched, this.#options, this.#authenticator);
    session.onproven = () => this.onproven(id);
    where.set(id, session);
    void session.closed.then(() => {
      where.delete(id);
      this.#sent += session.sent;
      const reason = session.reason ?? "ended";
      this.#ended[reason] = (this.#ended[reason] ?? 0) + 1;
      this.onclosed(id);
    });
    begin(session);
  }
}
