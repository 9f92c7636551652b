import * as v from "valibot";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import type { BoxKey } from "./box_key.ts";
import { checkClock } from "./clock.ts";
import { verify } from "./ed25519.ts";
import { equalBytes } from "./equal.ts";
import { descriptionFacts, transcript } from "./transcript.ts";
import { TrustError } from "./trust_error.ts";

const DOMAIN = "unarr-stream answer 1";

/** In the payload of an `answer`: the box says that this answer to this offer is its own. */
export const AnswerIdentity = v.object({
  /** Public key of the box, base64url. */
  key: v.pipe(v.string(), v.maxLength(64)),
  /** Ed25519 (RFC 8032) over the transcript, base64url. */
  signature: v.pipe(v.string(), v.maxLength(128)),
  /** Milliseconds since 1970 on the box's clock. */
  time: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type AnswerIdentity = v.InferOutput<typeof AnswerIdentity>;

/** The two descriptions, as their sides sent and received them. */
export interface Exchange {
  readonly sessionId: string;
  readonly offer: string;
  readonly answer: string;
}

/** @throws {TrustError} for a description that is unclear */
export function signAnswer(box: BoxKey, exchange: Exchange, time: number): AnswerIdentity {
  const signature = box.sign(answerTranscript(exchange, time));
  return { key: toBase64Url(box.publicKey), signature: toBase64Url(signature), time };
}

/** What has to be verified of an answer that says it is of a box. */
export interface AnswerClaim {
  readonly signature: Uint8Array<ArrayBuffer>;
  /** What is signed. */
  readonly message: Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970 on the box's clock. */
  readonly time: number;
}

/**
 * Everything of {@link verifyAnswer} but the signature and the clock, for those who verify by other means.
 *
 * @param expected the public key in the viewer's link
 * @throws {TrustError} missing or wrong
 */
export function answerClaim(expected: Uint8Array, exchange: Exchange, identity: unknown): AnswerClaim {
  const { success, output } = v.safeParse(AnswerIdentity, identity);
  if (!success) throw new TrustError("missing", "the answer does not say whose it is");
  const key = fromBase64Url(output.key);
  const signature = fromBase64Url(output.signature);
  if (key === undefined || signature?.byteLength !== 64 || !equalBytes(key, expected)) {
    throw new TrustError("wrong", "the answer is of another box");
  }
  return { signature, message: answerTranscript(exchange, output.time), time: output.time };
}

/**
 * @param valid whether the signature is the box's
 * @param now the viewer's clock, in milliseconds since 1970
 * @throws {TrustError} wrong or clock
 */
export function checkClaim({ time }: AnswerClaim, valid: boolean, now: number): void {
  if (!valid) throw new TrustError("wrong", "the answer was changed on its way");
  checkClock(time, now);
}

/**
 * @param expected the public key in the viewer's link
 * @param now the viewer's clock, in milliseconds since 1970
 * @throws {TrustError} missing, wrong or clock
 */
export function verifyAnswer(
  expected: Uint8Array,
  exchange: Exchange,
  identity: unknown,
  now: number,
): void {
  const claim = answerClaim(expected, exchange, identity);
  checkClaim(claim, verify(claim.signature, claim.message, expected, { zip215: false }), now);
}

function answerTranscript(
  { sessionId, offer, answer }: Exchange,
  time: number,
): Uint8Array<ArrayBuffer> {
  const [offered, answered] = [descriptionFacts(offer), descriptionFacts(answer)];
  return transcript(
    DOMAIN,
    sessionId,
    offered.fingerprints,
    answered.fingerprints,
    offered.ufrags,
    answered.ufrags,
    time,
  );
}
