/** Why something is not believed. */
export type TrustFailure =
  /** It lacks what would show that it comes from the right side. */
  | "missing"
  /** It has it, and it is wrong. */
  | "wrong"
  /** The clocks of the two sides are too far apart, or somebody repeats what was said before. */
  | "clock"
  /** A link that is not valid yet, not any more, or was taken back. */
  | "not-yet"
  | "expired"
  | "revoked";

/** A message, an answer or a link that is not believed. Its message holds no secret. */
export class TrustError extends Error {
  override readonly name = "TrustError";

  constructor(readonly failure: TrustFailure, message: string) {
    super(message);
  }
}
