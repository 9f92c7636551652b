import type { RelayFigures } from "../relay/relay_figures.ts";
import type { Totals } from "../thread/load.ts";
import type { ThreadStatus } from "../thread/supervised_thread.ts";

/** The program at one time, as main knows it. */
export interface Snapshot {
  readonly threads: readonly ThreadStatus[];
  /** Of all threads since the program started. */
  readonly totals: Totals;
  /** Whether the relay has the box, as of the last word of the agent's thread; undefined for a relay alone. */
  readonly registered: boolean | undefined;
  /** Whether all shared folders can be opened; undefined for a relay alone. */
  readonly shareReadable: boolean | undefined;
  /** Whether the store that relays share answers; undefined without one. */
  readonly storeReachable?: boolean | undefined;
  /** What the relay does; undefined for a box, and before its thread tells of it. */
  readonly relay: RelayFigures | undefined;
  /** Whether it has been asked to end, and finishes what it has begun. */
  readonly draining: boolean;
  /** Memory of the process, in bytes. */
  readonly residentBytes: number;
}

/** What does not change while it runs. */
export interface Build {
  readonly version: string;
  /** "" where it is not known. */
  readonly commit: string;
  /** Name and version. */
  readonly runtime: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
