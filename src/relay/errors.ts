/** The one error of the relay and the one shape in which it reaches a client. */

/** Seconds for `Retry-After`, or further headers of the answer. */
export interface ErrorExtras {
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal with its HTTP status. `message` is a sentence for people, `code` is kebab-case for programs. */
export class RelayError extends Error {
  override readonly name = "RelayError";
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly extras: ErrorExtras = {},
  ) {
    super(message);
  }
}

/** `error` as the answer `{"error", "code"}` of `relay.md`. */
export function errorResponse(error: RelayError): Response {
  const headers = new Headers({ "Cache-Control": "no-store", ...error.extras.headers });
  if (error.extras.retryAfter !== undefined) headers.set("Retry-After", String(error.extras.retryAfter));
  return Response.json({ error: error.message, code: error.code }, { status: error.status, headers });
}

/** 404 for a session that never was, has expired or was deleted: a client cannot tell them apart. */
export function noSuchSession(): RelayError {
  return new RelayError(404, "no-such-session", "There is no such session, or it has expired.");
}

/** 429 with the seconds to wait. */
export function tooMany(code: string, sentence: string, retryAfter: number): RelayError {
  return new RelayError(429, code, sentence, { retryAfter });
}
