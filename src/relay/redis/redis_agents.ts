/** The agents of the Redis store. */
import type { Agent, AgentFacts, AgentOutcome, StoreRules } from "../store.ts";
import { agentScripts } from "./agent_scripts.ts";
import type { Asking } from "./asking.ts";

/** Agents of a list that are asked for at once. */
const AT_ONCE = 500;

const FIELDS = ["owner", "account", "name", "version", "seen", "synced", "departed"] as const;

export class RedisAgents {
  readonly #asking: Asking;
  readonly #scripts;
  readonly #rules: StoreRules;

  constructor(asking: Asking, rules: StoreRules) {
    this.#asking = asking;
    this.#rules = rules;
    this.#scripts = agentScripts(rules);
  }

  async call(
    kind: "register" | "sync",
    { agentId, account = "", name, version }: AgentFacts,
    owner: string,
    now: number,
  ): Promise<AgentOutcome> {
    const said = [
      ...(name === undefined ? [] : ["name", name]),
      ...(version === undefined ? [] : ["version", version]),
    ];
    return await this.#run("call", now, agentId, owner, account, kind, ...said) as AgentOutcome;
  }

  async deregister(agentId: string, owner: string, now: number): Promise<boolean> {
    return await this.#run("depart", now, agentId, owner) === 1;
  }

  async get(agentId: string, now: number): Promise<Agent | undefined> {
    const { redis, prefix } = this.#asking;
    const values = await redis.send("HMGET", `${prefix}:agent:${agentId}`, ...FIELDS);
    return this.#agent(agentId, values as (string | null)[], now);
  }

  async list(set: "account-has" | "owner-has", name: string, now: number): Promise<Agent[]> {
    const { redis, prefix } = this.#asking;
    const ids = await redis.send("SMEMBERS", `${prefix}:${set}:${name}`) as string[];
    const agents: Agent[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const found = await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => this.get(id, now)));
      for (const agent of found) {
        if (agent !== undefined && (set === "owner-has" ? agent.owner : agent.account) === name) {
          agents.push(agent);
        }
      }
    }
    return agents;
  }

  async sweep(now: number): Promise<void> {
    await this.#run("sweep", now);
  }

  #agent(agentId: string, values: (string | null)[], now: number): Agent | undefined {
    const [owner, account, name, version, seen, synced, departed] = values;
    if (!owner) return undefined;
    const { times } = this.#rules;
    const departedAt = departed ? Number(departed) : undefined;
    const remembered = departedAt === undefined
      ? now - Number(seen) < times.silent
      : now - departedAt < times.departed;
    if (!remembered) return undefined;
    return {
      agentId,
      owner,
      account: account ?? "",
      name: name ?? "",
      version: version ?? "",
      lastSync: synced ? Number(synced) : undefined,
      departedAt,
    };
  }

  #run(name: keyof ReturnType<typeof agentScripts>, ...args: (string | number)[]) {
    return this.#asking.redis.run(this.#scripts[name], this.#asking.prefix, ...args);
  }
}
