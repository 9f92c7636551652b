import type { RecoverySettings } from "./recovery.ts";

/** Times in milliseconds. */
export interface PeerSettings extends RecoverySettings {
  /** From the offer to the open channel. */
  readonly connectTimeoutMs: number;
  /** From the offer to the box's answer: it asks the relay every 10 s, should it not be woken. */
  readonly answerTimeoutMs: number;
  /** A channel that closes is waited on this long for the agent's word why. */
  readonly byeGraceMs: number;
}

export const DEFAULT_PEER_SETTINGS: PeerSettings = {
  connectTimeoutMs: 30_000,
  answerTimeoutMs: 15_000,
  restartAfterMs: 500,
  doubtAfterMs: 1_000,
  interruptedMs: 12_000,
  byeGraceMs: 750,
};
