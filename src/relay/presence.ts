/** Which agents are there, as viewers see it. */
import type { Agent, Store } from "./store.ts";

/** An agent and whether it can be reached now. */
export interface PresentAgent extends Agent {
  readonly online: boolean;
}

/**
 * All remembered agents. One is online when its last sync is at most `onlineFor` milliseconds old, or while a wake
 * of its token is open. A wake names no agent, so it counts only where the token has a single agent.
 */
export async function presentAgents(store: Store, now: number, onlineFor: number): Promise<PresentAgent[]> {
  const agents = await store.agents(now);
  const registered = agents.filter((agent) => agent.departedAt === undefined);
  const perOwner = new Map<string, number>();
  for (const { owner } of registered) perOwner.set(owner, (perOwner.get(owner) ?? 0) + 1);
  const waking = new Set<string>();
  for (const [owner, count] of perOwner) {
    if (count === 1 && await store.openWakes(owner) > 0) waking.add(owner);
  }
  return agents.map((agent) => ({
    ...agent,
    online: agent.departedAt === undefined &&
      ((agent.lastSync !== undefined && now - agent.lastSync <= onlineFor) || waking.has(agent.owner)),
  }));
}
