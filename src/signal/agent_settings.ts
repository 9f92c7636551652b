import type { BackoffSettings } from "./backoff.ts";

/** Times of the control plane, in milliseconds. */
export interface AgentSettings {
  readonly syncMs: number;
  /** While somebody looks at the page. */
  readonly watchedSyncMs: number;
  readonly registerWait: BackoffSettings;
  readonly syncWait: BackoffSettings;
  /** After a wake that failed or was cut: when a relay ends, all of its agents wait at once. */
  readonly wakeWait: BackoffSettings;
  /** The least between two wake requests. */
  readonly wakeGapMs: number;
  readonly wakeTimeoutMs: number;
  /** One request of a call; each mirror has as long. */
  readonly callTimeoutMs: number;
  /** So long after the first mirror was left it is asked whether it is well again. */
  readonly returnMs: number;
  readonly probeTimeoutMs: number;
  readonly deregisterTimeoutMs: number;
}

export const DEFAULT_AGENT_SETTINGS: AgentSettings = {
  syncMs: 10_000,
  watchedSyncMs: 3_000,
  registerWait: { firstMs: 1_000, maxMs: 60_000 },
  syncWait: { firstMs: 3_000, maxMs: 60_000 },
  // Widely spread: `deno task bench:relay simulate` shows the herd that comes with a fifth (docs/capacity.md).
  wakeWait: { firstMs: 2_000, maxMs: 30_000, jitter: 0.75 },
  wakeGapMs: 250,
  wakeTimeoutMs: 40_000,
  callTimeoutMs: 10_000,
  returnMs: 10 * 60_000,
  probeTimeoutMs: 5_000,
  deregisterTimeoutMs: 5_000,
};
