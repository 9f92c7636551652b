/** What main and the agent's thread say to each other. */
import * as v from "valibot";
import { DispatchedIceServers, type DispatchedSession } from "../signal/agent_api.ts";
import type { Instance } from "../life/instance_ports.ts";
import type { AgentIdentity } from "../signal/agent_client.ts";
import type { Confinement } from "../thread/confinement.ts";
import { isRecord, isText } from "../thread/shapes.ts";

export interface AgentDialogue {
  readonly options: AgentThreadOptions;
  readonly ready: undefined;
  /** Ask for no more sessions: the box is about to stop. */
  readonly command: "quiet";
  readonly event: AgentEvent;
}

export interface AgentThreadOptions {
  /** The relay's address, without a slash at the end. */
  readonly base: string;
  /** Further addresses of the same relay. */
  readonly mirrors: readonly string[];
  readonly token: string;
  readonly identity: AgentIdentity;
  /** Claimed before it registers; undefined where nobody asks which instance it is, or its relay has claimed it. */
  readonly instance: Instance | undefined;
}

export type AgentEvent =
  | { readonly type: "registered" }
  /** The relay has something for the box, most likely a session. */
  | { readonly type: "woken" }
  /** The relay will not have this agent, for good: its status, and its message on one line. */
  | { readonly type: "refused"; readonly status: number; readonly message: string }
  | { readonly type: "session"; readonly session: DispatchedSession };

/** The thread that speaks with the relay reads nothing. */
export const AGENT_CONFINEMENT: Confinement = { read: [], net: true, sys: [] };

/** The longest id, transport and viewer of a session, and its longest path and address, in UTF-16 code units. */
const MAX_TEXT = 256;
const MAX_PATH = 4_096;

export function isAgentEvent(value: unknown): value is AgentEvent {
  if (!isRecord(value)) return false;
  if (value["type"] === "refused") {
    return Number.isInteger(value["status"]) && isText(value["message"], MAX_TEXT);
  }
  return value["type"] === "registered" || value["type"] === "woken" ||
    (value["type"] === "session" && isSession(value["session"]));
}

export function isAgentReady(value: unknown): value is undefined {
  return value === undefined;
}

function isSession(value: unknown): value is DispatchedSession {
  if (!isRecord(value)) return false;
  const { sessionId, transport = "", filePath = "", viewer = "", base = "", iceServers = [] } = value;
  return isText(sessionId, MAX_TEXT) && isText(transport, MAX_TEXT) && isText(filePath, MAX_PATH) &&
    isText(viewer, MAX_TEXT) && isText(base, MAX_PATH) && v.is(DispatchedIceServers, iceServers);
}
