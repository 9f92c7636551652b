import { verifyAnswer } from "../../src/trust/answer_identity.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { formatGrant, type Grant, linkKey, newGrant } from "../../src/trust/grant.ts";
import { type OfferProof, proveOffer } from "../../src/trust/offer_proof.ts";
import type { Viewer } from "./viewer.ts";

/** A box's key and the links that its owner gives away. */
export class BoxLinks {
  readonly key: BoxKey = BoxKey.generate();

  /** What a viewer with a link to a file or folder proves its offers with; all of the share by default. */
  prover(
    scope: Partial<Omit<Grant, "v" | "id">> = {},
    now: () => number = Date.now,
  ): { id: string; prove: (sessionId: string, offer: string) => OfferProof } {
    const grant = newGrant({ path: "", kind: "folder", list: true, ...scope });
    const text = formatGrant(grant);
    const secrets = { boxKey: this.key.publicKey, grant: text, key: linkKey(this.key, text) };
    return {
      id: grant.id,
      prove: (sessionId, offer) => proveOffer(secrets, { sessionId, offer }, now()),
    };
  }

  /** Checks that the box signed each answer that a viewer was given. @throws {TrustError} */
  verify({ sessionId, offers, answers }: Viewer): void {
    for (const [index, payload] of answers.entries()) {
      const { sdp, identity } = JSON.parse(payload);
      const offer = JSON.parse(offers[index]!).sdp;
      verifyAnswer(this.key.publicKey, { sessionId, offer, answer: sdp }, identity, Date.now());
    }
  }
}
