/** The agents of the memory store. */
import type { Agent, AgentFacts, AgentOutcome, StoreRules } from "./store.ts";

interface Entry {
  owner: string;
  account: string;
  name: string;
  version: string;
  lastSeen: number;
  lastSync: number | undefined;
  departedAt: number | undefined;
}

export class AgentTable {
  readonly #entries = new Map<string, Entry>();

  constructor(readonly rules: StoreRules) {}

  register(facts: AgentFacts, owner: string, now: number): AgentOutcome {
    const known = this.#entries.get(facts.agentId);
    if (known !== undefined && known.departedAt === undefined && this.#remembered(known, now)) {
      if (known.owner !== owner) return "taken";
      known.account = facts.account ?? "";
      known.name = facts.name ?? known.name;
      known.version = facts.version ?? known.version;
      known.lastSeen = now;
      return "known";
    }
    return this.#add(facts.agentId, {
      owner,
      account: facts.account ?? "",
      name: facts.name ?? "",
      version: facts.version ?? "",
      lastSeen: now,
      lastSync: undefined,
      departedAt: undefined,
    }, now);
  }

  sync(facts: AgentFacts, owner: string, now: number): AgentOutcome {
    const departedAt = this.#entries.get(facts.agentId)?.departedAt;
    if (departedAt !== undefined && now - departedAt < this.rules.times.deregister) return "ignored";
    const outcome = this.register(facts, owner, now);
    const entry = this.#entries.get(facts.agentId);
    if (entry !== undefined && (outcome === "new" || outcome === "known")) entry.lastSync = now;
    return outcome;
  }

  deregister(agentId: string, owner: string, now: number): boolean {
    const known = this.#entries.get(agentId);
    if (known === undefined) {
      // A relay that forgot the agent must still ignore the sync that may follow.
      this.#add(agentId, {
        owner,
        account: "",
        name: "",
        version: "",
        lastSeen: now,
        lastSync: undefined,
        departedAt: now,
      }, now);
      return true;
    }
    if (known.owner !== owner) return false;
    known.departedAt = now;
    return true;
  }

  get(agentId: string, now: number): Agent | undefined {
    const entry = this.#entries.get(agentId);
    return entry !== undefined && this.#remembered(entry, now) ? view(agentId, entry) : undefined;
  }

  list(now: number, among: (agent: Pick<Agent, "account" | "owner">) => boolean): Agent[] {
    const agents: Agent[] = [];
    for (const [agentId, entry] of this.#entries) {
      if (among(entry) && this.#remembered(entry, now)) agents.push(view(agentId, entry));
    }
    return agents;
  }

  sweep(now: number): void {
    for (const [agentId, entry] of this.#entries) {
      if (!this.#remembered(entry, now)) this.#entries.delete(agentId);
    }
  }

  #remembered(entry: Entry, now: number): boolean {
    const { departed, silent } = this.rules.times;
    return entry.departedAt === undefined ? now - entry.lastSeen < silent : now - entry.departedAt < departed;
  }

  #add(agentId: string, entry: Entry, now: number): AgentOutcome {
    this.#entries.delete(agentId);
    if (this.#entries.size >= this.rules.limits.agents) this.#makeRoom(entry.owner, now);
    if (this.#entries.size >= this.rules.limits.agents) return "full";
    this.#entries.set(agentId, entry);
    return "new";
  }

  /**
   * Forgets whoever expired, else one that left, else the one silent for longest if it misses its syncs, else one of
   * the token that has the most, where that has more than the newcomer's: a flood crowds out itself alone.
   */
  #makeRoom(owner: string, now: number): void {
    this.sweep(now);
    if (this.#entries.size < this.rules.limits.agents) return;
    let longest: [string, Entry] | undefined;
    for (const candidate of this.#entries) {
      if (longest === undefined || rank(candidate[1]) < rank(longest[1])) longest = candidate;
    }
    if (longest === undefined) return;
    const [agentId, { departedAt, lastSeen }] = longest;
    if (departedAt !== undefined || now - lastSeen >= MISSING) return void this.#entries.delete(agentId);
    const perOwner = new Map<string, number>();
    for (const entry of this.#entries.values()) {
      perOwner.set(entry.owner, (perOwner.get(entry.owner) ?? 0) + 1);
    }
    const [most, count] = [...perOwner].reduce((a, b) => b[1] > a[1] ? b : a);
    if (count <= (perOwner.get(owner) ?? 0) + 1) return;
    for (const [agentId, entry] of this.#entries) {
      if (entry.owner === most) return void this.#entries.delete(agentId);
    }
  }
}

/** An agent that syncs every 10 s, or every 60 s when it is backing off, is missing after this many milliseconds. */
const MISSING = 90_000;

function view(agentId: string, { owner, account, name, version, lastSync, departedAt }: Entry): Agent {
  return { agentId, owner, account, name, version, lastSync, departedAt };
}

/** The lower, the sooner forgotten: those that left come before all others. */
function rank(entry: Entry): number {
  return entry.departedAt === undefined ? entry.lastSeen : entry.departedAt - Number.MAX_SAFE_INTEGER;
}
