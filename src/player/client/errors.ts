import type { Sights } from "./sights.ts";

/** What can go wrong, as seen by a program. */
export type PlayerErrorType =
  /** The relay does not answer, or not as a relay. */
  | "relay-unreachable"
  /** The relay does not know the token, or the token may not do this. */
  | "unauthorised"
  /** The relay knows the agent, but the agent is not connected to it. */
  | "agent-offline"
  /** The relay knows no such agent, or none at all. */
  | "agent-unknown"
  /** The relay knows several agents and none was named. */
  | "several-agents"
  /** The relay has forgotten the session. */
  | "session-expired"
  /** The agent ended the session; `reason` says why. */
  | "refused"
  /** A key or grant of the link is not whole; `reason` says which: `box`, `grant` or `key`. */
  | "bad-link"
  /** The answer is not shown to be of the link's box: `reason` is `missing`, `wrong` or `clock`. */
  | "not-trusted"
  /** The box does not accept the link: `reason` is `missing`, `wrong`, `clock`, `not-yet`, `expired` or `revoked`. */
  | "not-authorised"
  /** This browser has no WebRTC, or it is switched off. */
  | "webrtc-missing"
  /** No data channel within the time allowed; `reason` says how far it came, `sights` what was seen. */
  | "connect-timeout"
  /** The connection broke after it had been open. */
  | "connection-lost"
  /** The file is not there, or may not be served. */
  | "not-found"
  /** The offset is not inside the file. */
  | "out-of-range"
  /** The agent could not read the file, or it became shorter. */
  | "read-error"
  /** Too many requests; worth another try in a while. */
  | "busy"
  /** The other side sent something that does not follow the protocol. */
  | "protocol"
  /** The caller's `AbortSignal`, or a cancelled stream. */
  | "aborted"
  /** The session was closed from this side. */
  | "closed";

/** Optional parts of a {@link PlayerError}. */
export interface PlayerErrorDetails {
  /** The agent's word for `refused`, a status number for a range, the relay's code otherwise. */
  readonly reason?: string;
  /** When another try makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** What was seen of a connection that did not come about. */
  readonly sights?: Sights;
  readonly cause?: unknown;
}

/** The one error of the client library; `message` is a sentence fit to be shown. */
export class PlayerError extends Error {
  override readonly name = "PlayerError";
  readonly reason?: string;
  readonly retryAfterMs?: number;
  readonly sights?: Sights;

  constructor(readonly type: PlayerErrorType, message: string, details: PlayerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    if (details.reason !== undefined) this.reason = details.reason;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.sights !== undefined) this.sights = details.sights;
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  "path-not-allowed": "The box does not share this file.",
  "not-found": "The file is not on the box any more.",
  "no-video": "The file has no video the box can serve.",
  "disabled": "Streaming is switched off on the box.",
  "busy": "The box is serving as many viewers as it allows. Try again in a while.",
  "unsupported-transport": "The box does not support this kind of connection.",
  "bad-offer": "The box could not use this browser's offer.",
  "connect-timeout": "The box saw no connection from this browser in time.",
  "connection-lost": "The box lost the connection to this browser.",
  "shutdown": "The box is shutting down or restarting.",
  "internal": "Something went wrong on the box. Its log says what.",
};

/** The agent's `bye` as an error. */
export function refused(reason: string | undefined): PlayerError {
  const message = (reason && REFUSALS[reason]) ?? "The box ended the session.";
  return new PlayerError("refused", message, reason === undefined ? {} : { reason });
}

/** The error of a cancelled call; a `PlayerError` given as the signal's reason passes unchanged. */
export function aborted(signal?: AbortSignal): PlayerError {
  const cause: unknown = signal?.reason;
  if (cause instanceof PlayerError) return cause;
  return new PlayerError("aborted", "The request was cancelled.", { cause });
}

/** Any thrown value as a {@link PlayerError}; what was not foreseen becomes `fallback`. */
export function toPlayerError(error: unknown, fallback: PlayerErrorType = "protocol"): PlayerError {
  if (error instanceof PlayerError) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    return new PlayerError("aborted", "The request was cancelled.", { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new PlayerError(fallback, message, { cause: error });
}
