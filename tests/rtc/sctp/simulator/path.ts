import type { Clock } from "./clock.ts";
import { Link, type LinkOptions } from "./link.ts";

/** Two links, one each way: `up` carries what the first end of a flow sends. */
export interface Path {
  readonly up: Link;
  readonly down: Link;
}

export interface PathOptions {
  readonly up: LinkOptions;
  /** As `up` where it is missing, but without its losses, jitter and queue. */
  readonly down?: LinkOptions;
  readonly seed?: number;
}

/** A path of two links whose losses and jitter follow from one seed. */
export function makePath(clock: Clock, options: PathOptions): Path {
  const seed = options.seed ?? 1;
  const { rate, delay } = options.up;
  const down = options.down ?? { ...(rate !== undefined && { rate }), ...(delay !== undefined && { delay }) };
  return {
    up: new Link(clock, { seed: seed * 2, ...options.up }),
    down: new Link(clock, { seed: seed * 2 + 1, ...down }),
  };
}
