/// <reference lib="dom" />
/** The viewer's calls to the relay: the agents there are, and new sessions. */
import * as v from "valibot";
import { AgentList, CreatedSession, ErrorBody } from "../../signal/relay_api.ts";
import { aborted, PlayerError } from "./errors.ts";

/** An agent as the relay lists it. */
export interface Agent {
  readonly agentId: string;
  /** What its owner calls it. */
  readonly name: string;
  /** Of its program. */
  readonly version: string;
  /** Whether it has contact to the relay. */
  readonly online: boolean;
}

/** Where a relay is and what opens it. */
export interface RelayAccess {
  /** Base URL without a trailing slash, e.g. `https://relay.example`. */
  readonly relay: string;
  /** A viewer token. */
  readonly token: string;
}

/** A session as the relay made it. */
export interface NewSession {
  readonly sessionId: string;
  readonly agentId: string;
  readonly iceServers: RTCIceServer[];
}

/** How long one call may take, in milliseconds. */
const CALL_TIMEOUT_MS = 15_000;

/**
 * The agents this token may see.
 *
 * @throws {PlayerError} relay-unreachable, unauthorised, busy, aborted
 */
export async function listAgents(access: RelayAccess, signal?: AbortSignal): Promise<Agent[]> {
  const answer = await call(access, "GET", "/api/stream/agents", undefined, signal);
  return parse(AgentList, answer).agents;
}

/**
 * Opens a session; without `filePath` for the library.
 *
 * @throws {PlayerError} relay-unreachable, unauthorised, agent-offline, agent-unknown, several-agents,
 *   busy, aborted
 */
export async function createSession(
  access: RelayAccess,
  wanted: { agentId?: string; filePath?: string },
  signal?: AbortSignal,
): Promise<NewSession> {
  const answer = await call(access, "POST", "/api/stream/sessions", wanted, signal);
  const { sessionId, agentId, iceServers } = parse(CreatedSession, answer);
  return { sessionId, agentId, iceServers: iceServers as RTCIceServer[] };
}

async function call(
  access: RelayAccess,
  method: "GET" | "POST",
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(access.relay + path, {
      method,
      headers: {
        authorization: `Bearer ${access.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      cache: "no-store",
    });
  } catch (cause) {
    if (signal?.aborted) throw aborted(signal);
    throw new PlayerError("relay-unreachable", "The relay cannot be reached.", { cause });
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (signal?.aborted) throw aborted(signal);
  if (!response.ok) throw failure(response, answer);
  return answer;
}

/** The error for an answer of 400 or above. */
function failure(response: Response, answer: unknown): PlayerError {
  const parsed = v.safeParse(ErrorBody, answer);
  const code = parsed.success ? parsed.output.code : undefined;
  const seconds = Number(response.headers.get("retry-after"));
  const details = {
    reason: code ?? String(response.status),
    ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  };
  switch (response.status) {
    case 401:
      return new PlayerError(
        "unauthorised",
        "The relay does not know this link's token. Open the newest link of the box.",
        details,
      );
    case 403:
      return new PlayerError("unauthorised", "This link's token does not allow watching.", details);
    case 404:
      return new PlayerError("agent-unknown", "No such box is known to the relay.", details);
    case 409:
      return new PlayerError("several-agents", "The relay knows several boxes. Choose one.", details);
    case 429:
      return new PlayerError("busy", "The relay asks for a pause before the next try.", details);
    case 503:
      return new PlayerError("agent-offline", "The box is offline: it has no contact to the relay.", details);
    default: {
      const said = parsed.success ? ` It says: ${parsed.output.error}` : "";
      return new PlayerError("relay-unreachable", `The relay answered ${response.status}.${said}`, details);
    }
  }
}

function parse<const S extends v.GenericSchema>(schema: S, answer: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, answer);
  if (result.success) return result.output;
  throw new PlayerError("relay-unreachable", "What answered at the relay's address is not a relay.");
}
