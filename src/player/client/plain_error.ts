import { PlayerError, type PlayerErrorType, toPlayerError } from "./errors.ts";

/** A {@link PlayerError}, as it crosses from one thread to another. */
export interface PlainError {
  readonly type: PlayerErrorType;
  readonly message: string;
  readonly reason?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** An error without what cannot be cloned. */
export function toPlain(cause: unknown): PlainError {
  const { type, message, reason, retryAfterMs } = toPlayerError(cause);
  return { type, message, reason, retryAfterMs };
}

export function fromPlain({ type, message, reason, retryAfterMs }: PlainError): PlayerError {
  return new PlayerError(type, message, {
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
