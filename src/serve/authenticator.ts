import { type AnswerIdentity, type Exchange, signAnswer } from "../trust/answer_identity.ts";
import { checkGrant, type Grant } from "../trust/grant.ts";
import { NativeBoxKey } from "../trust/native_box_key.ts";
import { type Offered, verifyOffer } from "../trust/offer_proof.ts";

/** Whom the box lets in. */
export interface AccessRules {
  /** Whether an offer has to prove that its viewer has a link; one that tries is checked anyway. */
  readonly proofRequired: boolean;
  /** Ids of grants that were taken back. */
  readonly revoked: readonly string[];
}

/** The box's key at work: signs answers, and believes offers or does not. Shared by all sessions of an engine. */
export class Authenticator {
  readonly #key: NativeBoxKey;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  #proofRequired = false;
  #revoked: ReadonlySet<string> = new Set();

  /** @param secret of the box, 32 bytes */
  constructor(secret: Uint8Array, rules: AccessRules, now: () => number = Date.now) {
    this.#key = new NativeBoxKey(secret);
    this.now = now;
    this.restrict(rules);
  }

  get proofRequired(): boolean {
    return this.#proofRequired;
  }

  /** Other rules hold from here on; sessions that live are checked by those who have them. */
  restrict({ proofRequired, revoked }: AccessRules): void {
    this.#proofRequired = proofRequired;
    this.#revoked = new Set(revoked);
  }

  /**
   * @returns what the viewer may do
   * @throws {TrustError}
   */
  verify(offered: Offered, proof: unknown): Grant {
    return verifyOffer(this.#key, offered, proof, this.#revoked, this.now());
  }

  /**
   * Whether a grant holds still.
   *
   * @throws {TrustError} not-yet, expired or revoked
   */
  check(grant: Grant): void {
    checkGrant(grant, this.#revoked, this.now());
  }

  /** @throws {TrustError} for a description that is unclear */
  sign(exchange: Exchange): AnswerIdentity {
    return signAnswer(this.#key, exchange, this.now());
  }
}
