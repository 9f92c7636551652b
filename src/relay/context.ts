/** What every route of one relay shares. */
import type { Context } from "hono";
import type { IceServer } from "../signal/relay_api.ts";
import type { ClientAddresses } from "./client_address.ts";
import { RelayError, tooMany } from "./errors.ts";
import type { Limits, Times } from "./limits.ts";
import type { AddressKeys } from "./limits/address_key.ts";
import type { Allowances } from "./limits/allowances.ts";
import type { RefusedTokens } from "./limits/refused_tokens.ts";
import type { RelayMetrics } from "./relay_metrics.ts";
import type { SessionHolders } from "./session_holders.ts";
import type { Store } from "./store.ts";
import type { TurnService } from "./turn_credentials.ts";
import type { Principal, TokenRole, Tokens } from "./tokens.ts";

/** Properties never hold a token, a payload or an address. */
export type Log = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  properties?: Record<string, unknown>,
) => void;

/** What comes with a request besides the request. */
export interface RequestEnvironment {
  /** The socket's address; undefined where that is not known. */
  readonly peer?: string | undefined;
  /** Settles when the answer has been read or its connection is gone. */
  readonly completed?: Promise<void> | undefined;
}

export interface Relay {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly times: Times;
  readonly limits: Limits;
  readonly iceServers: readonly IceServer[];
  readonly turn: TurnService | undefined;
  readonly now: () => number;
  readonly log: Log;
  /** Aborted when the relay stops. */
  readonly closing: AbortSignal;
  readonly addresses: ClientAddresses;
  readonly addressKeys: AddressKeys;
  readonly refusedTokens: RefusedTokens;
  readonly allowances: Allowances;
  readonly holders: SessionHolders;
  /** Aborted when it is about to stop, or does: nobody is held any longer. */
  readonly draining: AbortSignal;
  readonly metrics: RelayMetrics;
  /** Who makes a request, once that is known. */
  readonly callers: WeakMap<Request, Principal>;
}

/**
 * The caller, who must hold a token of `role`, or of any role without one. A viewer's call counts as a sign that
 * somebody watches.
 *
 * @throws RelayError 401 or 403, and 429 where too many unknown tokens came from its address
 */
export async function callerOf(relay: Relay, context: Context, role?: TokenRole): Promise<Principal> {
  const authorization = context.req.raw.headers.get("Authorization");
  const caller = await identified(relay, authorization, addressKeyOf(relay, context));
  // Says which role the call is for.
  if (role !== undefined && caller.role !== role) relay.tokens.require(role, authorization);
  relay.callers.set(context.req.raw, caller);
  if (caller.role === "viewer") await relay.store.viewerSeen(caller.account, relay.now());
  return caller;
}

/** The caller's address as limits know it; undefined where there is none to limit anybody by. */
export function addressKeyOf(relay: Relay, context: Context): string | undefined {
  const { peer } = context.env as RequestEnvironment;
  const address = relay.addresses.of(peer, context.req.raw.headers);
  return address === undefined ? undefined : relay.addressKeys.of(address);
}

async function identified(
  { tokens, refusedTokens, now }: Relay,
  authorization: string | null,
  address: string | undefined,
): Promise<Principal> {
  let wait = 0;
  try {
    const caller = tokens.identify(authorization);
    if (address !== undefined) wait = refusedTokens.hear(address, caller.id, now());
    if (wait === 0) return caller;
  } catch (error) {
    const isGuess = error instanceof RelayError && error.code === "unknown-token";
    if (isGuess && address !== undefined) wait = await refusedTokens.count(address, now());
    if (wait === 0) throw error;
  }
  // The same for a token that is known: nobody learns by it that a guess was right.
  throw tooMany(
    "too-many-refusals",
    "Too many unknown tokens came from this address.",
    Math.ceil(wait / 1_000),
  );
}

/** The part of an id that may be logged. */
export function short(id: string): string {
  return id.slice(0, 8);
}
