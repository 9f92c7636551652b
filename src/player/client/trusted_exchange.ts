import type { Exchange } from "../../trust/answer_identity.ts";
import { type OfferProof, proveOffer } from "../../trust/offer_proof.ts";
import { TrustError, type TrustFailure } from "../../trust/trust_error.ts";
import { AnswerVerifier } from "./answer_verifier.ts";
import { PlayerError } from "./errors.ts";
import type { TrustKeys } from "./link_trust.ts";

const REFUSED = "This answer does not come from your box, so no connection was made.";

/** Why an answer is refused. */
const NOT_TRUSTED: Partial<Record<TrustFailure, string>> = {
  "missing": `${REFUSED} Nothing in it shows whose it is: somebody between you and the box may have sent it.`,
  "clock":
    "The clocks of this device and of the box are more than 10 minutes apart, or somebody repeats an old answer.",
};
const WRONG = `${REFUSED} Somebody between you and the box pretends to be it, or the link is of another box.`;

/** Proves offers and verifies answers by what a link says. Without one it does neither. */
export class TrustedExchange {
  readonly #keys: TrustKeys | undefined;
  readonly #verifier: AnswerVerifier | undefined;
  #provedAt = 0;

  constructor(keys: TrustKeys | undefined) {
    this.#keys = keys;
    this.#verifier = keys && new AnswerVerifier(keys.boxKey);
  }

  /**
   * What goes with an offer. A later one has a later time, even where the clock was put back between the two: the
   * box takes it for a repeated one else.
   *
   * @param now the viewer's clock, in milliseconds since 1970
   * @throws {TrustError} for an offer that is unclear
   */
  prove(sessionId: string, offer: string, now: number): OfferProof | undefined {
    if (this.#keys?.link === undefined) return undefined;
    const { boxKey, link } = this.#keys;
    this.#provedAt = Math.max(now, this.#provedAt + 1);
    return proveOffer({ boxKey, ...link }, { sessionId, offer }, this.#provedAt);
  }

  /**
   * Resolves where an answer may be applied.
   *
   * @param now as in {@link prove}
   * @throws {PlayerError} not-trusted
   */
  async verify(exchange: Exchange, identity: unknown, now: number): Promise<void> {
    try {
      await this.#verifier?.verify(exchange, identity, now);
    } catch (cause) {
      // Whatever it is, it has not been verified.
      const reason = cause instanceof TrustError ? cause.failure : "wrong";
      throw new PlayerError("not-trusted", NOT_TRUSTED[reason] ?? WRONG, { reason, cause });
    }
  }
}
