import { ConfigError, type Given } from "./origin.ts";

/** What seals records: the kernel where it passes its check, one of the two by name. */
export const CRYPTO_PREFERENCES = ["auto", "kernel", "node"] as const;
export type CryptoPreference = typeof CRYPTO_PREFERENCES[number];

/**
 * Seconds that TURN credentials are good for: 12 hours. The server looks at the expiry when an address is allocated,
 * some also when it is refreshed every few minutes, so they have to last for a film with its pauses, and for an
 * evening of films in one session. A link to a session that leaks is of no use the next day.
 */
export const DEFAULT_TURN_TTL = 43_200;

/** A week: whoever wants them to last longer wants a user with a password. */
export const MAX_TURN_TTL = 604_800;

/** The longest drain of a relay, in seconds. */
export const MAX_DRAIN_SECONDS = 600;

/** Boxes that a relay remembers, at most, with all that share its store. */
export const MAX_AGENTS = 1_000_000;

/** Viewers at once, and threads that serve them, at most. */
export const MAX_SESSIONS = 1_000;
export const MAX_ENGINES = 64;

export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/**
 * `host:port`, `[v6]:port` or a port alone, which is one of the loopback.
 *
 * @throws {ConfigError}
 */
export function listenAddress({ value, origin }: Given<string>): ListenAddress {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:\[\]]+):)?(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new ConfigError(
      `${origin.name} takes an address like 127.0.0.1:8090, not ${JSON.stringify(value)}`,
      origin,
    );
  }
  return { hostname: (match[1] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port };
}

/**
 * A relay's address, without a slash at the end.
 *
 * @throws {ConfigError}
 */
export function relayBase({ value, origin }: Given<string>): string {
  const url = URL.parse(value);
  if (
    url === null || !["http:", "https:"].includes(url.protocol) || url.username || url.password ||
    url.search || url.hash
  ) {
    // Not shown: it may hold a password.
    throw new ConfigError(
      `${origin.name} takes an address like https://relay.example, without a user, a query or a fragment`,
      origin,
    );
  }
  return url.href.replace(/\/+$/, "");
}

/**
 * A whole number from `min` to `max`; numbers of the file were checked when it was read.
 *
 * @throws {ConfigError}
 */
export function count({ value, origin }: Given<string | number>, max: number, min = 1): number {
  const number = Number(value);
  if (!/^\d+$/.test(String(value)) || number < min || number > max) {
    throw new ConfigError(
      `${origin.name} takes a number from ${min} to ${max}, not ${JSON.stringify(value)}`,
      origin,
    );
  }
  return number;
}
