import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import * as v from "valibot";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import type { BoxKey } from "./box_key.ts";
import { checkClock } from "./clock.ts";
import { equalBytes } from "./equal.ts";
import { checkGrant, type Grant, linkKey, MAX_GRANT_LENGTH, parseGrant } from "./grant.ts";
import { descriptionFacts, transcript } from "./transcript.ts";
import { TrustError } from "./trust_error.ts";

const DOMAIN = "unarr-stream offer 1";

/** In the payload of an `offer`: the viewer has the key of a link, and this offer is its own. */
export const OfferProof = v.object({
  /** What the link allows, as it stands in it. */
  grant: v.pipe(v.string(), v.maxLength(MAX_GRANT_LENGTH)),
  /** HMAC-SHA-256 (RFC 2104) over the transcript, base64url. */
  mac: v.pipe(v.string(), v.maxLength(64)),
  /** Milliseconds since 1970 on the viewer's clock. */
  time: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type OfferProof = v.InferOutput<typeof OfferProof>;

/** An offer, as its sides sent and received it. */
export interface Offered {
  readonly sessionId: string;
  readonly offer: string;
}

/** What a link says beside the relay's address and token. */
export interface LinkSecrets {
  /** Public key of the box. */
  readonly boxKey: Uint8Array;
  readonly grant: string;
  /** That goes with the grant. */
  readonly key: Uint8Array;
}

/** @throws {TrustError} for an offer that is unclear */
export function proveOffer({ boxKey, grant, key }: LinkSecrets, offered: Offered, time: number): OfferProof {
  return { grant, mac: toBase64Url(macOf(key, boxKey, grant, offered, time)), time };
}

/**
 * @param revoked ids of grants that were taken back
 * @param now the box's clock, in milliseconds since 1970
 * @returns what the viewer may do
 * @throws {TrustError}
 */
export function verifyOffer(
  box: BoxKey,
  offered: Offered,
  proof: unknown,
  revoked: ReadonlySet<string>,
  now: number,
): Grant {
  const { success, output } = v.safeParse(OfferProof, proof);
  if (!success) throw new TrustError("missing", "the offer does not prove that its viewer has a link");
  const { grant: text, time } = output;
  const mac = fromBase64Url(output.mac);
  if (mac === undefined) throw new TrustError("wrong", "the proof is none");
  if (!equalBytes(mac, macOf(linkKey(box, text), box.publicKey, text, offered, time))) {
    throw new TrustError(
      "wrong",
      "the proof is not of this box's making, or the offer was changed on its way",
    );
  }
  const grant = parseGrant(text);
  // Signed by this box, and yet not understood: a later version made it.
  if (grant === undefined) throw new TrustError("wrong", "the link is of a later version");
  checkClock(time, now);
  checkGrant(grant, revoked, now);
  return grant;
}

function macOf(
  key: Uint8Array,
  boxKey: Uint8Array,
  grant: string,
  { sessionId, offer }: Offered,
  time: number,
) {
  const { fingerprints, ufrags } = descriptionFacts(offer);
  return hmac(sha256, key, transcript(DOMAIN, sessionId, boxKey, grant, fingerprints, ufrags, time));
}
