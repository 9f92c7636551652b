/** The store of a single relay: everything in memory, forgotten when the process ends. */
import type { Role } from "../signal/envelope.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "./limits.ts";
import { EventWindows } from "./limits/event_windows.ts";
import { AgentTable } from "./memory_agents.ts";
import { SessionTable } from "./memory_sessions.ts";
import type {
  Agent,
  AgentFacts,
  AgentOutcome,
  Message,
  NewSession,
  Place,
  Session,
  SessionOutcome,
  Store,
  StoreRules,
} from "./store.ts";
import { Waiters } from "./waiters.ts";

interface WakeLatch {
  set: boolean;
  readonly open: Waiters;
}

export class MemoryStore implements Store {
  readonly #agents: AgentTable;
  readonly #sessions: SessionTable;
  /** By agent token, of which there are as many as the operator configured. */
  readonly #wakes = new Map<string, WakeLatch>();
  readonly #windows = new EventWindows();
  /** By account, of which there are as many as the operator configured. */
  readonly #lastViewers = new Map<string, number>();

  constructor(rules: StoreRules = { times: DEFAULT_TIMES, limits: DEFAULT_LIMITS }) {
    this.#agents = new AgentTable(rules);
    this.#sessions = new SessionTable(rules);
  }

  register(agent: AgentFacts, owner: string, now: number): Promise<AgentOutcome> {
    return Promise.resolve(this.#agents.register(agent, owner, now));
  }

  sync(agent: AgentFacts, owner: string, now: number): Promise<AgentOutcome> {
    return Promise.resolve(this.#agents.sync(agent, owner, now));
  }

  deregister(agentId: string, owner: string, now: number): Promise<boolean> {
    return Promise.resolve(this.#agents.deregister(agentId, owner, now));
  }

  agent(agentId: string, now: number): Promise<Agent | undefined> {
    return Promise.resolve(this.#agents.get(agentId, now));
  }

  agents(account: string, now: number): Promise<Agent[]> {
    return Promise.resolve(this.#agents.list(now, (agent) => agent.account === account));
  }

  agentsOf(owner: string, now: number): Promise<Agent[]> {
    return Promise.resolve(this.#agents.list(now, (agent) => agent.owner === owner));
  }

  wake(owner: string): Promise<void> {
    const latch = this.#latch(owner);
    if (latch.open.size === 0) latch.set = true;
    else latch.open.release();
    return Promise.resolve();
  }

  awaitWake(owner: string, signal: AbortSignal): Promise<boolean> {
    const latch = this.#latch(owner);
    if (!latch.set || signal.aborted) return latch.open.wait(signal);
    latch.set = false;
    return Promise.resolve(true);
  }

  openWakes(owner: string): Promise<number> {
    return Promise.resolve(this.#latch(owner).open.size);
  }

  viewerSeen(account: string, now: number): Promise<void> {
    this.#lastViewers.set(account, now);
    return Promise.resolve();
  }

  lastViewer(account: string): Promise<number | undefined> {
    return Promise.resolve(this.#lastViewers.get(account));
  }

  createSession(session: NewSession, now: number): Promise<SessionOutcome> {
    return Promise.resolve(this.#sessions.create(session, now));
  }

  session(sessionId: string, now: number): Promise<Session | undefined> {
    return Promise.resolve(this.#sessions.get(sessionId, now));
  }

  pending(agentId: string, owner: string, now: number): Promise<Session[]> {
    return Promise.resolve(this.#sessions.pending(agentId, owner, now));
  }

  closeSession(sessionId: string, lastMessage: string, now: number): Promise<boolean> {
    return Promise.resolve(this.#sessions.close(sessionId, lastMessage, now));
  }

  append(
    sessionId: string,
    to: Role,
    data: string,
    now: number,
    idempotencyKey?: string,
  ): Promise<number | "gone" | "full"> {
    return Promise.resolve(this.#sessions.append(sessionId, to, data, now, idempotencyKey));
  }

  openReader(
    sessionId: string,
    reader: Role,
    after: number,
    now: number,
  ): Promise<Place | undefined> {
    return Promise.resolve(this.#sessions.openReader(sessionId, reader, after, now));
  }

  next(place: Place, now: number, signal: AbortSignal): Promise<Message | "idle" | "over"> {
    return this.#sessions.next(place, now, signal);
  }

  countEvent(key: string, limit: number, windowMs: number, now: number): Promise<number> {
    return Promise.resolve(this.#windows.count(key, limit, windowMs, now));
  }

  sweep(now: number): Promise<void> {
    this.#agents.sweep(now);
    this.#windows.sweep(now);
    this.#sessions.sweep(now);
    return Promise.resolve();
  }

  #latch(owner: string): WakeLatch {
    let latch = this.#wakes.get(owner);
    if (latch === undefined) this.#wakes.set(owner, latch = { set: false, open: new Waiters() });
    return latch;
  }
}
