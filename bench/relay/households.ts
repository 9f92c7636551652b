/** The tokens of a load run: each household has an agent and a viewer with an account of their own. */

/** Tokens have 16 characters at least. */
export function agentToken(household: number): string {
  return `agent-token-${String(household).padStart(8, "0")}`;
}

export function viewerToken(household: number): string {
  return `viewer-token-${String(household).padStart(8, "0")}`;
}

export function agentId(household: number): string {
  return `00000000-0000-4000-8000-${String(household).padStart(12, "0")}`;
}

/** Lines of the two token files, for households from 0. */
export function tokenLines(households: number): { agents: string[]; viewers: string[] } {
  const all = Array.from({ length: households }, (_, household) => household);
  return {
    agents: all.map((household) => `${agentToken(household)} h${household}`),
    viewers: all.map((household) => `${viewerToken(household)} h${household}`),
  };
}
