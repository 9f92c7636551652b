/** The sessions of the Redis store. */
import type { Role } from "../../signal/envelope.ts";
import {
  type Message,
  type NewSession,
  type Place,
  type Session,
  type SessionOutcome,
  type StoreRules,
  StoreUnavailable,
} from "../store.ts";
import { type Asking, AWAY_MS } from "./asking.ts";
import { sessionScripts } from "./session_scripts.ts";

export class RedisSessions {
  readonly #asking: Asking;
  readonly #scripts;
  readonly #rules: StoreRules;

  constructor(asking: Asking, rules: StoreRules) {
    this.#asking = asking;
    this.#rules = rules;
    this.#scripts = sessionScripts(rules);
  }

  async create(session: NewSession, now: number): Promise<SessionOutcome> {
    const { sessionId, agentId, owner, viewer, filePath } = session;
    const outcome = await this.#run("create", now, sessionId, agentId, owner, viewer, filePath);
    if (outcome !== "made") return outcome as Exclude<SessionOutcome, Session>;
    return { ...session, expiresAt: now + this.#rules.times.session, closed: false };
  }

  async get(sessionId: string, now: number): Promise<Session | undefined> {
    const { redis, prefix } = this.#asking;
    const fields = ["agent", "owner", "viewer", "path", "expires", "closed"];
    const [agentId, owner, viewer, filePath, expires, closed] = await redis.send(
      "HMGET",
      `${prefix}:session:${sessionId}`,
      ...fields,
    ) as (string | null)[];
    if (!agentId || !owner || !viewer || now >= Number(expires)) return undefined;
    return {
      sessionId,
      agentId,
      owner,
      viewer,
      filePath: filePath ?? "",
      expiresAt: Number(expires),
      closed: closed === "1",
    };
  }

  async pending(agentId: string, owner: string, now: number): Promise<Session[]> {
    const found = await this.#run("pending", now, agentId, owner) as string[][];
    return found.map(([sessionId = "", agentId = "", owner = "", viewer = "", filePath = "", expires]) => ({
      sessionId,
      agentId,
      owner,
      viewer,
      filePath,
      expiresAt: Number(expires),
      closed: false,
    }));
  }

  async close(sessionId: string, lastMessage: string, now: number): Promise<boolean> {
    return await this.#run("close", now, sessionId, lastMessage) === 1;
  }

  async append(
    sessionId: string,
    to: Role,
    data: string,
    now: number,
    idempotencyKey: string,
  ): Promise<number | "gone" | "full"> {
    const id = await this.#run("append", now, sessionId, to, data, idempotencyKey) as number;
    return id > 0 ? id : id === 0 ? "gone" : "full";
  }

  async openReader(
    sessionId: string,
    reader: Role,
    after: number,
    now: number,
  ): Promise<Place | undefined> {
    const { instance } = this.#asking;
    const opened = await this.#run("open", now, sessionId, reader, after, instance) as
      | [number, number]
      | null;
    if (opened === null) return undefined;
    return { sessionId, reader, generation: opened[0], after: opened[1] };
  }

  /** Waits, too, while Redis is away: a stream that goes on needs no new request where it comes back soon. */
  async next(place: Place, now: number, signal: AbortSignal): Promise<Message | "idle" | "over"> {
    using watch = this.#asking.notices.watch(topicOf(place.reader, place.sessionId));
    for (;;) {
      try {
        const found = await this.#look(place, now);
        if (found !== "wait") return found;
        if (!await watch.wait(signal)) return "idle";
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        await watch.wait(signal, AWAY_MS);
        if (signal.aborted) return "idle";
      }
    }
  }

  async sweep(now: number): Promise<void> {
    await this.#run("sweep", now);
  }

  async #look(place: Place, now: number): Promise<Message | "over" | "wait"> {
    const { sessionId, reader, generation, after } = place;
    const found = await this.#run("look", now, sessionId, reader, generation, after);
    if (!Array.isArray(found)) return found as "over" | "wait";
    const [id, data] = found as [number, string];
    return { id, data };
  }

  #run(name: keyof ReturnType<typeof sessionScripts>, ...args: (string | number)[]) {
    return this.#asking.redis.run(this.#scripts[name], this.#asking.prefix, ...args);
  }
}

/** What a stream watches. */
export function topicOf(reader: string, sessionId: string): string {
  return `stream ${reader} ${sessionId}`;
}
