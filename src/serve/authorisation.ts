import * as v from "valibot";
import { OfferError } from "../rtc/sdp.ts";
import type { AnswerIdentity } from "../trust/answer_identity.ts";
import type { Grant } from "../trust/grant.ts";
import { OfferProof } from "../trust/offer_proof.ts";
import { type Scope, scopeOf, WHOLE_SHARE } from "../trust/scope.ts";
import { descriptionFacts } from "../trust/transcript.ts";
import { TrustError } from "../trust/trust_error.ts";
import type { Authenticator } from "./authenticator.ts";

/** How often a grant of a live session is looked at, in milliseconds: its end is one of the clock's, which may be set. */
const CHECK_MS = 30_000;

/** What the viewer of one session has proved, and may do therefore. */
export class Authorisation {
  /** The grant has come to its end, or was taken back. */
  onover: (error: TrustError) => void = () => {};
  /** An offer has been believed for its proof. */
  onproven: () => void = () => {};
  readonly #authenticator: Authenticator;
  readonly #sessionId: string;
  #grant: Grant | undefined;
  /** The viewer's time in the last proof, in milliseconds since 1970. */
  #provedAt = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(authenticator: Authenticator, sessionId: string) {
    this.#authenticator = authenticator;
    this.#sessionId = sessionId;
  }

  /** Whether nothing may be done or told before an offer is believed. */
  get proofRequired(): boolean {
    return this.#authenticator.proofRequired;
  }

  /**
   * Believes an offer, or does not. A later one needs a proof where the first had one: of the same grant, and
   * younger, since a relay could repeat an old one to lead the connection astray.
   *
   * @returns what the session's viewer may see
   * @throws {TrustError} for a proof that is missing or not believed
   * @throws {OfferError} for an offer without one that could not be signed: it can be read in two ways
   */
  admit(offer: string, proof: unknown): Scope {
    if (proof === undefined && this.#grant === undefined && !this.proofRequired) return unproved(offer);
    const grant = this.#authenticator.verify({ sessionId: this.#sessionId, offer }, proof);
    const { time } = v.parse(OfferProof, proof);
    if (this.#grant !== undefined && this.#grant.id !== grant.id) {
      throw new TrustError("wrong", "the offer is proved by another link than the one before");
    }
    if (time <= this.#provedAt) throw new TrustError("clock", "an older offer came again");
    this.#provedAt = time;
    if (this.#grant === undefined) {
      this.#grant = grant;
      this.onproven();
      this.#watch();
    }
    return scopeOf(this.#grant);
  }

  /** @throws {TrustError} for a description that is unclear */
  sign(offer: string, answer: string): AnswerIdentity {
    return this.#authenticator.sign({ sessionId: this.#sessionId, offer, answer });
  }

  /** Looks whether the grant still holds. */
  check(): void {
    if (this.#grant === undefined) return;
    try {
      this.#authenticator.check(this.#grant);
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      this.close();
      this.onover(error);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#grant = undefined;
  }

  #watch(): void {
    const { exp } = this.#grant!;
    if (exp === undefined) return;
    const ms = Math.min(CHECK_MS, Math.max(0, exp * 1_000 - this.#authenticator.now()) + 1);
    this.#timer = setTimeout(() => {
      this.check();
      if (this.#grant !== undefined) this.#watch();
    }, ms);
  }
}

function unproved(offer: string): Scope {
  try {
    descriptionFacts(offer);
  } catch (error) {
    throw error instanceof TrustError ? new OfferError(error.message) : error;
  }
  return WHOLE_SHARE;
}
