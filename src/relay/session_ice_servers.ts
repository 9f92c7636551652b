import { MAX_DISPATCHED_SERVERS } from "../signal/agent_api.ts";
import type { IceServer } from "../signal/relay_api.ts";
import type { Relay } from "./context.ts";
import { turnServers } from "./turn_credentials.ts";

/** What both ends of a session are handed: the relay's servers, and credentials that are made for them. */
export function sessionIceServers({ iceServers, turn, now }: Relay, sessionId: string): IceServer[] {
  // What is made for the session first: boxes take so many and no more.
  return [...turnServers(turn, sessionId.slice(0, 8), now()), ...iceServers].slice(0, MAX_DISPATCHED_SERVERS);
}
