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
export const AWAY_MS = 1_000;
