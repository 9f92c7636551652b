/** The sessions of the memory store, with a mailbox for each side. */
import type { Role } from "../signal/envelope.ts";
import { Mailbox } from "./mailbox.ts";
import type { Message, NewSession, Place, Session, SessionOutcome, StoreRules } from "./store.ts";

interface Entry {
  readonly facts: NewSession;
  readonly createdAt: number;
  expiresAt: number;
  closed: boolean;
  /** The agent has opened its event stream, which is the receipt for the listing. */
  received: boolean;
  readonly boxes: Readonly<Record<Role, Mailbox>>;
}

export class SessionTable {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(readonly rules: StoreRules) {}

  create(facts: NewSession, now: number): SessionOutcome {
    const { limits, times } = this.rules;
    this.sweep(now);
    const live = [...this.#entries.values()].filter((entry) => !entry.closed);
    if (live.filter((e) => e.facts.viewer === facts.viewer).length >= limits.sessionsPerViewer) {
      return "viewer-full";
    }
    if (live.filter((e) => e.facts.agentId === facts.agentId).length >= limits.sessionsPerAgent) {
      return "agent-full";
    }
    if (this.#entries.size >= limits.sessions) this.#forgetOldestClosed(() => true);
    if (this.#entries.size >= limits.sessions) return "relay-full";
    const box = () => new Mailbox(limits.messages, limits.messageBytes);
    const entry: Entry = {
      facts,
      createdAt: now,
      expiresAt: now + times.session,
      closed: false,
      received: false,
      boxes: { agent: box(), browser: box() },
    };
    this.#entries.set(facts.sessionId, entry);
    return view(entry);
  }

  get(sessionId: string, now: number): Session | undefined {
    const entry = this.#find(sessionId, now);
    return entry === undefined ? undefined : view(entry);
  }

  pending(agentId: string, owner: string, now: number): Session[] {
    return [...this.#entries.values()].filter((entry) =>
      entry.facts.agentId === agentId && entry.facts.owner === owner &&
      !entry.received && !entry.closed &&
      now < entry.expiresAt && now - entry.createdAt < this.rules.times.listing
    ).map(view);
  }

  close(sessionId: string, lastMessage: string, now: number): boolean {
    const entry = this.#find(sessionId, now);
    if (entry === undefined || entry.closed) return false;
    entry.closed = true;
    entry.expiresAt = now + this.rules.times.session;
    this.#resize(entry, () => {
      // The agent needs nothing but the end; what else it had not read would only take room.
      entry.boxes.agent.clear();
      entry.boxes.agent.put(lastMessage);
      entry.boxes.browser.clear();
    });
    entry.boxes.browser.changed.release();
    const { viewer } = entry.facts;
    const closed = [...this.#entries.values()].filter((e) => e.closed && e.facts.viewer === viewer);
    if (closed.length > this.rules.limits.sessionsPerViewer) {
      this.#forgetOldestClosed((e) => e.facts.viewer === viewer);
    }
    return true;
  }

  append(
    sessionId: string,
    to: Role,
    data: string,
    now: number,
    idempotencyKey?: string,
  ): number | "gone" | "full" {
    const entry = this.#find(sessionId, now);
    if (entry === undefined || entry.closed) return "gone";
    const box = entry.boxes[to];
    if (idempotencyKey !== undefined && idempotencyKey === box.lastKey) return box.lastId;
    if (this.#bytes + data.length > this.rules.limits.totalBytes) {
      this.sweep(now);
      if (this.#bytes + data.length > this.rules.limits.totalBytes) return "full";
    }
    entry.expiresAt = now + this.rules.times.session;
    box.lastKey = idempotencyKey;
    return this.#resize(entry, () => box.put(data));
  }

  openReader(sessionId: string, reader: Role, after: number, now: number): Place | undefined {
    const entry = this.#find(sessionId, now);
    if (entry === undefined) return undefined;
    const box = entry.boxes[reader];
    if (entry.closed) {
      if (reader === "browser") return undefined;
      if (after >= box.lastId) {
        this.#forget(sessionId, entry);
        return undefined;
      }
    } else {
      entry.expiresAt = now + this.rules.times.session;
      if (reader === "agent") entry.received = true;
    }
    box.generation += 1;
    box.changed.release();
    return { sessionId, reader, generation: box.generation, after: Math.min(after, box.lastId) };
  }

  async next(place: Place, now: number, signal: AbortSignal): Promise<Message | "idle" | "over"> {
    for (;;) {
      const entry = this.#find(place.sessionId, now);
      if (entry === undefined || (entry.closed && place.reader === "browser")) return "over";
      const box = entry.boxes[place.reader];
      if (box.generation !== place.generation) return "over";
      const message = box.after(place.after);
      if (message !== undefined) return message;
      if (entry.closed) {
        entry.expiresAt = Math.min(entry.expiresAt, now + this.rules.times.closed);
        return "over";
      }
      if (!await box.changed.wait(signal)) return "idle";
    }
  }

  sweep(now: number): void {
    for (const [sessionId, entry] of this.#entries) {
      if (now >= entry.expiresAt) this.#forget(sessionId, entry);
    }
  }

  #find(sessionId: string, now: number): Entry | undefined {
    const entry = this.#entries.get(sessionId);
    return entry !== undefined && now < entry.expiresAt ? entry : undefined;
  }

  #forget(sessionId: string, entry: Entry): void {
    this.#entries.delete(sessionId);
    this.#bytes -= bytesOf(entry);
    entry.boxes.agent.changed.release();
    entry.boxes.browser.changed.release();
  }

  #forgetOldestClosed(among: (entry: Entry) => boolean): void {
    for (const [sessionId, entry] of this.#entries) {
      if (!entry.closed || !among(entry)) continue;
      this.#forget(sessionId, entry);
      return;
    }
  }

  /** Does `change` to an entry's mailboxes and keeps the sum of all bytes right. */
  #resize<T>(entry: Entry, change: () => T): T {
    const before = bytesOf(entry);
    const result = change();
    this.#bytes += bytesOf(entry) - before;
    return result;
  }
}

function bytesOf(entry: Entry): number {
  return entry.boxes.agent.bytes + entry.boxes.browser.bytes;
}

function view(entry: Entry): Session {
  return { ...entry.facts, expiresAt: entry.expiresAt, closed: entry.closed };
}
