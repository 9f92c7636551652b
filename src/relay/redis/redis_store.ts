/**
 * The store of many relays: everything in one Redis (5 or later, or Valkey), so that any of them serves any viewer
 * and any agent. Rules are kept by scripts, messages are in streams, who waits is told over one subscription a
 * relay. Each key expires by itself. The relays' clocks should agree within a second or so.
 */
import { createHash } from "node:crypto";
import type { Role } from "../../signal/envelope.ts";
import type { Log } from "../context.ts";
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
} from "../store.ts";
import type { RedisAddress } from "./address.ts";
import type { Asking } from "./asking.ts";
import { RedisConnection } from "./connection.ts";
import { countScript } from "./event_scripts.ts";
import { VIEWER_MS, VIEWER_STEP_MS } from "./lifetimes.ts";
import { Notices } from "./notices.ts";
import { RedisAgents } from "./redis_agents.ts";
import { RedisSessions, topicOf } from "./redis_sessions.ts";
import { RedisWakes, wakeTopic } from "./redis_wakes.ts";

/** What every key begins with. The hash tag puts all in one slot of a cluster. */
const PREFIX = "{unarr}";

export interface RedisStoreOptions {
  readonly address: RedisAddress;
  readonly rules: StoreRules;
  readonly log?: Log;
  /** Whether Redis answers has changed. */
  readonly onchange?: (reachable: boolean) => void;
  /** Starts also where Redis is away, and waits for it. */
  readonly patient?: boolean;
  /** What every key begins with; relays with another one know nothing of these. Must have a hash tag. */
  readonly prefix?: string;
}

export class RedisStore implements Store, Disposable {
  readonly #asking: Asking;
  readonly #agents: RedisAgents;
  readonly #sessions: RedisSessions;
  readonly #wakes: RedisWakes;
  readonly #count;
  /** When it was last written down that a viewer of an account called. */
  readonly #viewers = new Map<string, number>();

  private constructor({ address, rules, log, onchange, prefix = PREFIX }: RedisStoreOptions) {
    const notices = new Notices();
    const instance = crypto.randomUUID();
    const redis = new RedisConnection({
      address,
      channel: `${prefix}:instance:${instance}`,
      onnotice: (notice) => heard(notices, notice),
      onback: () => notices.notifyAll(),
      onchange: onchange ?? (() => {}),
      log: log ?? (() => {}),
    });
    this.#asking = { redis, notices, prefix, instance };
    this.#agents = new RedisAgents(this.#asking, rules);
    this.#sessions = new RedisSessions(this.#asking, rules);
    this.#wakes = new RedisWakes(this.#asking, rules);
    this.#count = countScript(rules);
  }

  /** @throws {Error} whose message is a sentence for the operator */
  static async open(options: RedisStoreOptions): Promise<RedisStore> {
    const store = new RedisStore(options);
    await store.#asking.redis.start(options.patient ?? false);
    return store;
  }

  /** Whether Redis answers, as far as is known. */
  get reachable(): boolean {
    return this.#asking.redis.reachable;
  }

  close(): void {
    this.#asking.redis.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  register(agent: AgentFacts, owner: string, now: number): Promise<AgentOutcome> {
    return this.#agents.call("register", agent, owner, now);
  }

  sync(agent: AgentFacts, owner: string, now: number): Promise<AgentOutcome> {
    return this.#agents.call("sync", agent, owner, now);
  }

  deregister(agentId: string, owner: string, now: number): Promise<boolean> {
    return this.#agents.deregister(agentId, owner, now);
  }

  agent(agentId: string, now: number): Promise<Agent | undefined> {
    return this.#agents.get(agentId, now);
  }

  agents(account: string, now: number): Promise<Agent[]> {
    return this.#agents.list("account-has", account, now);
  }

  agentsOf(owner: string, now: number): Promise<Agent[]> {
    return this.#agents.list("owner-has", owner, now);
  }

  wake(owner: string): Promise<void> {
    return this.#wakes.wake(owner);
  }

  awaitWake(owner: string, signal: AbortSignal): Promise<boolean> {
    return this.#wakes.hold(owner, signal);
  }

  openWakes(owner: string): Promise<number> {
    return this.#wakes.open(owner);
  }

  async viewerSeen(account: string, now: number): Promise<void> {
    const written = this.#viewers.get(account);
    if (written !== undefined && Math.abs(now - written) < VIEWER_STEP_MS) return;
    this.#viewers.set(account, now);
    const { redis, prefix } = this.#asking;
    await redis.send("SET", `${prefix}:watched:${account}`, String(now), "PX", String(VIEWER_MS));
  }

  async lastViewer(account: string): Promise<number | undefined> {
    const { redis, prefix } = this.#asking;
    const last = await redis.send("GET", `${prefix}:watched:${account}`);
    return last === null ? undefined : Number(last);
  }

  createSession(session: NewSession, now: number): Promise<SessionOutcome> {
    return this.#sessions.create(session, now);
  }

  session(sessionId: string, now: number): Promise<Session | undefined> {
    return this.#sessions.get(sessionId, now);
  }

  pending(agentId: string, owner: string, now: number): Promise<Session[]> {
    return this.#sessions.pending(agentId, owner, now);
  }

  closeSession(sessionId: string, lastMessage: string, now: number): Promise<boolean> {
    return this.#sessions.close(sessionId, lastMessage, now);
  }

  append(
    sessionId: string,
    to: Role,
    data: string,
    now: number,
    idempotencyKey = "",
  ): Promise<number | "gone" | "full"> {
    return this.#sessions.append(sessionId, to, data, now, idempotencyKey);
  }

  openReader(sessionId: string, reader: Role, after: number, now: number): Promise<Place | undefined> {
    return this.#sessions.openReader(sessionId, reader, after, now);
  }

  next(place: Place, now: number, signal: AbortSignal): Promise<Message | "idle" | "over"> {
    return this.#sessions.next(place, now, signal);
  }

  /**
   * Counts one event of `key`, of which `limit` may happen within any `windowMs` milliseconds, in all relays
   * together. 0 when it is within the limit; else it is not counted, and the answer is how many milliseconds it is
   * too early.
   */
  async countEvent(key: string, limit: number, windowMs: number, now: number): Promise<number> {
    // A key may hold an address, which is nothing to keep.
    const digest = createHash("sha256").update(key).digest("base64url").slice(0, 22);
    const { redis, prefix } = this.#asking;
    return await redis.run(this.#count, prefix, now, digest, limit, windowMs) as number;
  }

  async sweep(now: number): Promise<void> {
    await Promise.all([this.#sessions.sweep(now), this.#agents.sweep(now)]);
  }
}

/** Tells those who wait: `s SIDE SESSION` for a stream, `w NUMBER…` for held wakes. */
function heard(notices: Notices, notice: string): void {
  const [kind, ...rest] = notice.split(" ");
  if (kind === "s") notices.notify(topicOf(rest[0] ?? "", rest[1] ?? ""));
  else for (const number of rest) notices.notify(wakeTopic(number));
}
