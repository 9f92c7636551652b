/** Who may do what in a session, and the text of its messages. */
import * as v from "valibot";
import { type OutgoingEnvelope, type Role, SessionId } from "../signal/envelope.ts";
import type { Relay } from "./context.ts";
import { noSuchSession, RelayError } from "./errors.ts";
import type { Principal } from "./tokens.ts";

/**
 * The id of a session, if `caller` opened it or owns its agent. The session may be over by now.
 *
 * @throws RelayError 404 or 403
 */
export async function ownSession(relay: Relay, sessionId: string, caller: Principal): Promise<string> {
  const holders = v.is(SessionId, sessionId) ? await relay.holders.of(sessionId, relay.now()) : undefined;
  if (holders === undefined) throw noSuchSession();
  if ((caller.role === "viewer" ? holders.viewer : holders.owner) !== caller.id) {
    throw new RelayError(403, "not-your-session", "This session belongs to another token.");
  }
  return sessionId;
}

/** The side of a session that a token speaks for. */
export function sideOf(caller: Principal): Role {
  return caller.role === "viewer" ? "browser" : "agent";
}

/** An envelope as it stands in the event stream; `now` becomes its `ts`. */
export function envelopeText(message: OutgoingEnvelope, now: number): string {
  const { from, type, payload } = message;
  return JSON.stringify({ from, type, payload, ts: now });
}
