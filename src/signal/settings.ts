import type { BackoffSettings } from "./backoff.ts";

/** Times of a session's signalling, in milliseconds. */
export interface LinkSettings {
  /** Silence on an open event stream that counts as a cut: the relay's 25 s cap and slack. */
  readonly silenceMs: number;
  /** Without a stream for this long before the channel is open, signalling has failed. */
  readonly giveUpMs: number;
  /** A stream that lasted this long is reopened at once after a clean end. */
  readonly lastedMs: number;
  /** Gap after a clean end that came sooner. */
  readonly hurriedEnd: BackoffSettings;
  /** Gap after an error, for streams and POSTs. */
  readonly error: BackoffSettings;
  /** From a request for events to the head of its answer, which a relay sends at once. */
  readonly headMs: number;
  /** One POST. A relay answers at once; a connection that was left behind by the network never does. */
  readonly postTimeoutMs: number;
  /** How long one message is retried once the channel is open. */
  readonly lateMessageMs: number;
}

export const DEFAULT_LINK_SETTINGS: LinkSettings = {
  silenceMs: 35_000,
  giveUpMs: 30_000,
  lastedMs: 1_000,
  hurriedEnd: { firstMs: 250, maxMs: 5_000, jitter: 0 },
  error: { firstMs: 500, maxMs: 10_000 },
  headMs: 10_000,
  postTimeoutMs: 10_000,
  lateMessageMs: 30_000,
};
