/** What every route of one relay shares. */
import type { Context } from "hono";
import type { IceServer } from "../signal/relay_api.ts";
import type { Limits, Times } from "./limits.ts";
import type { RateLimit } from "./rate.ts";
import type { RelayMetrics } from "./relay_metrics.ts";
import type { Store } from "./store.ts";
import type { Principal, TokenRole, Tokens } from "./tokens.ts";

/** Properties never hold a token, a payload or an address. */
export type Log = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  properties?: Record<string, unknown>,
) => void;

export interface Relay {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly times: Times;
  readonly limits: Limits;
  readonly iceServers: readonly IceServer[];
  readonly now: () => number;
  readonly log: Log;
  /** Aborted when the relay stops. */
  readonly closing: AbortSignal;
  /** Aborted when it is about to stop, or does: nobody is held any longer. */
  readonly draining: AbortSignal;
  readonly metrics: RelayMetrics;
  /** Who makes a request, once that is known. */
  readonly callers: WeakMap<Request, Principal>;
  readonly posts: RateLimit;
  readonly openings: RateLimit;
}

/**
 * The caller, who must hold a token of `role`, or of any role without one. A viewer's call counts as a sign that
 * somebody watches.
 *
 * @throws RelayError 401 or 403
 */
export async function callerOf(relay: Relay, context: Context, role?: TokenRole): Promise<Principal> {
  const authorization = context.req.raw.headers.get("Authorization");
  const caller = role === undefined
    ? relay.tokens.identify(authorization)
    : relay.tokens.require(role, authorization);
  relay.callers.set(context.req.raw, caller);
  if (caller.role === "viewer") await relay.store.viewerSeen(caller.account, relay.now());
  return caller;
}

/** The part of an id that may be logged. */
export function short(id: string): string {
  return id.slice(0, 8);
}
