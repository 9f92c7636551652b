/** How parts of the store ask Redis. */
import type { RedisConnection } from "./connection.ts";
import type { Notices } from "./notices.ts";

export interface Asking {
  readonly redis: RedisConnection;
  readonly notices: Notices;
  /** What every key begins with; has a hash tag. */
  readonly prefix: string;
  /** What other relays call this one. */
  readonly instance: string;
}

/** While Redis is away, one that waits looks again after this, in milliseconds. */
const AWAY_MS = 1_000;

/** Aborted with `signal`, or after a time in which Redis may have come back. */
export function awhile(signal: AbortSignal, ms = AWAY_MS): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}
