import type { Snapshot } from "./snapshot.ts";

/** A main that has said nothing for so long is stuck, in milliseconds; it speaks every 2 s. */
const STALE_MS = 10_000;

/** Whether the program can serve, and what of it cannot; values that do not apply are left out. */
export interface Readiness {
  readonly ready: boolean;
  /** Main watches the threads. */
  readonly main: boolean;
  /** No thread is being replaced. */
  readonly threads?: boolean;
  readonly registered?: boolean;
  readonly shareReadable?: boolean;
  readonly storeReachable?: boolean;
  /** There, and false, once it has been asked to end. */
  readonly staying?: boolean;
}

/** @param ageMs since the snapshot; it is undefined before the first one */
export function readiness(snapshot: Snapshot | undefined, ageMs: number): Readiness {
  if (snapshot === undefined) return { ready: false, main: false };
  const { registered, shareReadable, storeReachable } = snapshot;
  const parts = {
    main: ageMs < STALE_MS,
    threads: snapshot.threads.every(({ lost }) => !lost),
    ...(registered === undefined ? {} : { registered }),
    ...(shareReadable === undefined ? {} : { shareReadable }),
    ...(storeReachable === undefined ? {} : { storeReachable }),
    ...(snapshot.draining ? { staying: false } : {}),
  };
  return { ready: !Object.values(parts).includes(false), ...parts };
}
