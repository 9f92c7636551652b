/** Which agents are there, as viewers see it. */
import type { Agent, Store } from "./store.ts";

/** An agent and whether it can be reached now. */
export interface PresentAgent extends Agent {
  readonly online: boolean;
}

/**
 * `agent`, and whether it is online: when its last sync is at most `onlineFor` milliseconds old, or while a wake of
 * its token is open. A wake names no agent, so it counts only where the token has a single agent.
 */
export async function present(
  store: Store,
  agent: Agent,
  now: number,
  onlineFor: number,
): Promise<PresentAgent> {
  const online = agent.departedAt === undefined &&
    (syncedLately(agent, now, onlineFor) || await isWaking(store, agent.owner, now));
  return { ...agent, online };
}

/** All remembered agents of an account, as {@link present} sees each. */
export async function presentAgents(
  store: Store,
  account: string,
  now: number,
  onlineFor: number,
): Promise<PresentAgent[]> {
  const agents = await store.agents(account, now);
  return await Promise.all(agents.map((agent) => present(store, agent, now, onlineFor)));
}

function syncedLately({ lastSync }: Agent, now: number, onlineFor: number): boolean {
  return lastSync !== undefined && now - lastSync <= onlineFor;
}

async function isWaking(store: Store, owner: string, now: number): Promise<boolean> {
  if (await store.openWakes(owner) === 0) return false;
  const registered = (await store.agentsOf(owner, now)).filter((agent) => agent.departedAt === undefined);
  return registered.length === 1;
}
