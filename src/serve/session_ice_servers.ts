import type { IceServer } from "../rtc/answerer.ts";
import type { DispatchedSession } from "../signal/agent_api.ts";

/**
 * The servers of one session: the box's own, then those that the relay handed out with it and that are not among
 * them. The order counts: of several servers of a kind the first is asked.
 */
export function sessionIceServers(
  own: readonly IceServer[],
  { iceServers = [] }: DispatchedSession,
): IceServer[] {
  const known = new Set(own.map((server) => JSON.stringify(server)));
  return [...own, ...iceServers.filter((server) => !known.has(JSON.stringify(server)))];
}
