/** What ended or interrupted a conversation with the relay. */
export type SignalFailureType =
  /** 401: the relay does not know the token. */
  | "unauthorised"
  /** 403: the token may not do this. */
  | "forbidden"
  /** 404 or 410: the relay does not know the session, or no longer. */
  | "gone"
  /** No event stream for as long as one is waited for. */
  | "unreachable"
  /** Events over the size limits, several times in a row. */
  | "oversized";

/** Signalling is over for this session; nothing more is sent or received. */
export class SignalFailure extends Error {
  override readonly name = "SignalFailure";

  constructor(readonly type: SignalFailureType, message: string) {
    super(message);
  }
}

/** The failure that an HTTP status means for good, or undefined where trying again may help. */
export function finalFailure(status: number): SignalFailure | undefined {
  switch (status) {
    case 401:
      return new SignalFailure("unauthorised", "the relay does not accept the token");
    case 403:
      return new SignalFailure("forbidden", "the relay does not allow this session to the token");
    case 404:
    case 410:
      return new SignalFailure("gone", "the relay does not know the session, or no longer");
    default:
      return undefined;
  }
}
