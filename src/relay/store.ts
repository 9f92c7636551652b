/**
 * What the relay remembers: agents, wakes, sessions and their messages. The memory store is the first
 * implementation; the interface leaves room for one that many relays share, so every method is asynchronous, takes
 * the clock as `now` (milliseconds since 1970) and waits no longer than its signal allows.
 */
import type { Role } from "../signal/envelope.ts";
import type { Limits, Times } from "./limits.ts";

/** Times and bounds that a store keeps; given to its constructor. */
export interface StoreRules {
  readonly times: Pick<Times, "session" | "closed" | "listing" | "deregister" | "departed" | "silent">;
  readonly limits: Pick<
    Limits,
    | "sessions"
    | "sessionsPerViewer"
    | "sessionsPerAgent"
    | "agents"
    | "messages"
    | "messageBytes"
    | "totalBytes"
  >;
}

/** What is known of an agent that calls; a name or version left out keeps what was said before. */
export interface AgentFacts {
  readonly agentId: string;
  /** The account of its token; "" without one. */
  readonly account?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** A remembered agent. `owner` is the id of the agent token that registered it. */
export interface Agent {
  readonly agentId: string;
  readonly owner: string;
  /** Of its token when it called last; "" for the account of all that name none. */
  readonly account: string;
  readonly name: string;
  readonly version: string;
  /** Time of the last sync; absent when it only registered. */
  readonly lastSync?: number | undefined;
  /** Time of its deregister; absent while it is registered. */
  readonly departedAt?: number | undefined;
}

/**
 * `new`: not known before; `known`; `ignored`: a sync too soon after a deregister; `taken`: the id belongs to another
 * token; `full`: no room, and nobody who could be forgotten.
 */
export type AgentOutcome = "new" | "known" | "ignored" | "taken" | "full";

/** A session as it is made. `owner` and `viewer` are ids of tokens, `filePath` is "" for the library. */
export interface NewSession {
  readonly sessionId: string;
  readonly agentId: string;
  readonly owner: string;
  readonly viewer: string;
  readonly filePath: string;
}

export interface Session extends NewSession {
  /** Forgotten at this time unless something happens before. */
  readonly expiresAt: number;
  /** Deleted by its viewer, kept for the agent alone. */
  readonly closed: boolean;
}

/** Which bound a new session met. */
export type SessionOutcome = Session | "viewer-full" | "agent-full" | "relay-full";

/** One message of one direction. Ids rise by one from 1. `data` is the envelope as JSON text, without a line end. */
export interface Message {
  readonly id: number;
  readonly data: string;
}

/** A reader's place in a session: who it is, which of its streams, and the last id it has. */
export interface Place {
  readonly sessionId: string;
  readonly reader: Role;
  readonly generation: number;
  readonly after: number;
}

/** The store cannot be asked now, as one that other machines hold may be away for a while. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** Any call but one to a store in this process may reject with {@link StoreUnavailable}. */
export interface Store {
  /** Whether it answers, as far as is known; absent where that cannot be otherwise. */
  readonly reachable?: boolean;

  /** Registers an agent for the token `owner`; never answers `ignored`. */
  register(agent: AgentFacts, owner: string, now: number): Promise<AgentOutcome>;

  /** A sign of life; an agent that is not known is registered by it. */
  sync(agent: AgentFacts, owner: string, now: number): Promise<AgentOutcome>;

  /** Marks the agent as gone and remembers that for a while, also when it was not known. False when `taken`. */
  deregister(agentId: string, owner: string, now: number): Promise<boolean>;

  /** The agent, also when it left a short time ago; undefined when it is not remembered. */
  agent(agentId: string, now: number): Promise<Agent | undefined>;

  /** All remembered agents of an account, also those that left a short time ago. */
  agents(account: string, now: number): Promise<Agent[]>;

  /** All remembered agents of a token. */
  agentsOf(owner: string, now: number): Promise<Agent[]>;

  /** Releases every open wake of a token; without one, the next is answered at once. */
  wake(owner: string): Promise<void>;

  /** True when woken, false when `signal` was aborted first. */
  awaitWake(owner: string, signal: AbortSignal): Promise<boolean>;

  /** How many wakes of a token are open. */
  openWakes(owner: string): Promise<number>;

  /** A viewer of an account called. */
  viewerSeen(account: string, now: number): Promise<void>;

  /** When a viewer of an account called last; undefined where that is not known, or long ago. */
  lastViewer(account: string): Promise<number | undefined>;

  /** Keeps a new session, or tells which bound forbids it. */
  createSession(session: NewSession, now: number): Promise<SessionOutcome>;

  /** The session, also when closed; undefined when there is none or it has expired. */
  session(sessionId: string, now: number): Promise<Session | undefined>;

  /** Sessions that a sync of this agent lists: opened by no stream of it yet, young and not closed; oldest first. */
  pending(agentId: string, owner: string, now: number): Promise<Session[]>;

  /** Closes a session with a last message for the agent; streams of the viewer end. False when it was not live. */
  closeSession(sessionId: string, lastMessage: string, now: number): Promise<boolean>;

  /**
   * Keeps a message for the side `to` and wakes its stream. It can be read once this has resolved. The oldest are
   * dropped above the session's bounds. `gone`: no such live session; `full`: no room in the whole store. One with
   * the key of the last message for that side is that message, sent again: it keeps its id and is not kept twice.
   */
  append(
    sessionId: string,
    to: Role,
    data: string,
    now: number,
    idempotencyKey?: string,
  ): Promise<number | "gone" | "full">;

  /**
   * Opens a stream for `reader` and ends its older one. A request is a sign of life, and the agent's first one takes
   * the session off the sync list. `after` is brought into the range of ids that were given out. Undefined when
   * there is nothing to read: no such session, or a closed one that is not the agent's or that it has read.
   */
  openReader(sessionId: string, reader: Role, after: number, now: number): Promise<Place | undefined>;

  /**
   * The next message after `place`, as soon as there is one; `idle` when `signal` was aborted before; `over` when
   * the stream has nothing more to give: a newer one took its place, or the session is gone or read to its end.
   * A place is read at the store that opened it.
   */
  next(place: Place, now: number, signal: AbortSignal): Promise<Message | "idle" | "over">;

  /**
   * Counts one event of `key` in a sliding window of `windowMs` milliseconds: 0 where it is within `limit`, else the
   * milliseconds until it would be. Events that are refused are not counted. A store remembers a bounded number of
   * keys; one that is forgotten starts afresh.
   */
  countEvent(key: string, limit: number, windowMs: number, now: number): Promise<number>;

  /** Forgets what has expired. Correctness never depends on it, only memory does. */
  sweep(now: number): Promise<void>;
}
