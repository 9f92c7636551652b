/**
 * TURN credentials that are good for a while, made from a secret that relay and TURN server share: what coturn calls
 * `use-auth-secret` (draft-uberti-behave-turn-rest-00, section 2.2).
 */
import { createHmac } from "node:crypto";
import { MAX_DISPATCHED_URLS } from "../signal/agent_api.ts";
import type { IceServer } from "../signal/relay_api.ts";

/** TURN servers that share one secret with whoever hands out credentials for them. */
export interface TurnService {
  /** URLs of RFC 7065. */
  readonly urls: readonly string[];
  /** coturn's `static-auth-secret`. */
  readonly secret: string;
  /** Seconds that a credential is good for. */
  readonly ttl: number;
}

export interface TurnCredentials {
  /** The second since 1970 at which they expire, a colon, and `name`. */
  readonly username: string;
  /** The username's HMAC-SHA1 under the secret, in base64. */
  readonly credential: string;
}

/**
 * Credentials that are good from now on.
 *
 * @param name what the server's log and its quota know the holder by; no secret, and without a colon
 * @param now in milliseconds since 1970
 */
export function turnCredentials({ secret, ttl }: TurnService, name: string, now: number): TurnCredentials {
  const username = `${Math.floor(now / 1_000) + ttl}:${name}`;
  return { username, credential: createHmac("sha1", secret).update(username).digest("base64") };
}

/** The service as a browser or a box is handed it for one session. */
export function turnServers(service: TurnService | undefined, name: string, now: number): IceServer[] {
  if (service === undefined) return [];
  return [{ urls: service.urls.slice(0, MAX_DISPATCHED_URLS), ...turnCredentials(service, name, now) }];
}
