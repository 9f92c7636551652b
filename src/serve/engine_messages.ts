/** What main and an engine, the thread that runs sessions, say to each other. */
import type { IceServer } from "../rtc/answerer.ts";
import type { BackendPreference } from "../rtc/dtls/record/choose_backend.ts";
import type { DispatchedSession } from "../signal/agent_api.ts";
import type { ByeReason } from "../signal/envelope.ts";
import type { Confinement } from "../thread/confinement.ts";
import { isRecord, isText } from "../thread/shapes.ts";
import type { AccessRules } from "./authenticator.ts";
import type { SessionLimits } from "./session_machine.ts";

export interface EngineDialogue {
  readonly options: EngineOptions;
  readonly ready: undefined;
  readonly command: EngineCommand;
  readonly event: EngineEvent;
}

export interface EngineOptions {
  /** Canonical paths of the shared folders. */
  readonly roots: readonly string[];
  /** The relay's address, without a slash at the end. */
  readonly base: string;
  readonly token: string;
  readonly version: string;
  readonly iceServers: readonly IceServer[];
  /** What seals records. */
  readonly crypto: BackendPreference;
  /** Of the box's key, 32 bytes: sessions sign with it, and derive the keys of links. */
  readonly secret: Uint8Array;
  readonly access: AccessRules;
  readonly limits?: Partial<SessionLimits>;
}

export type EngineCommand =
  /** A session is likely to come: what its start needs is to be there. */
  | { readonly type: "prepare" }
  | { readonly type: "start"; readonly session: DispatchedSession }
  /** Only says why not. */
  | { readonly type: "refuse"; readonly session: DispatchedSession; readonly reason: ByeReason }
  /** For all sessions. */
  | { readonly type: "access"; readonly access: AccessRules }
  /** For sessions that start from here on. */
  | { readonly type: "ice-servers"; readonly iceServers: readonly IceServer[] };

/** A session that was started or refused is over, or has had an offer that was believed for its proof. */
export interface EngineEvent {
  readonly type: "closed" | "proven";
  readonly sessionId: string;
}

/** An engine reads what is shared, and knows the machine's addresses. */
export function engineConfinement(roots: readonly string[]): Confinement {
  return { read: roots, net: true, sys: ["networkInterfaces"] };
}

/** The longest session id, in UTF-16 code units. */
const MAX_ID = 256;

export function isEngineEvent(value: unknown): value is EngineEvent {
  return isRecord(value) && (value["type"] === "closed" || value["type"] === "proven") &&
    isText(value["sessionId"], MAX_ID);
}

export function isEngineReady(value: unknown): value is undefined {
  return value === undefined;
}
