/** What the two sides of a session say to each other through the relay, and how it is checked. */
import * as v from "valibot";

/** A session id is one segment of a URL, so nothing in it may need escaping. */
export const SessionId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, "not a session id"));

export const Role = v.picklist(["browser", "agent"]);
export type Role = v.InferOutput<typeof Role>;

/** As POSTed: a sender adds no time. */
export const OutgoingEnvelope = v.object({
  from: Role,
  type: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  payload: v.string(),
  /**
   * The sender's own name for this message: posted again under it, since the answer was lost, it is not kept
   * twice. A field rather than the header Idempotency-Key, which a relay of before would not let a page of another
   * origin send.
   */
  idempotencyKey: v.optional(v.pipe(v.string(), v.maxLength(64))),
});
export type OutgoingEnvelope = v.InferOutput<typeof OutgoingEnvelope>;

/** As it comes out of an event stream; `ts` is the relay's clock in milliseconds since 1970. */
export const Envelope = v.object({
  from: Role,
  type: v.string(),
  payload: v.string(),
  ts: v.optional(v.number()),
});
export type Envelope = v.InferOutput<typeof Envelope>;

/** The payload of `offer` and `answer`, as JSON text. */
export const DescriptionPayload = v.object({
  type: v.picklist(["offer", "answer"]),
  sdp: v.pipe(v.string(), v.minLength(1)),
  /** Of an offer: an `OfferProof`, where its viewer has a link. */
  proof: v.optional(v.unknown()),
  /** Of an answer: an `AnswerIdentity`. */
  identity: v.optional(v.unknown()),
});

/** The payload of `candidate`, as JSON text: an RTCIceCandidateInit. */
export const CandidatePayload = v.object({
  candidate: v.string(),
  sdpMid: v.optional(v.nullable(v.string())),
  sdpMLineIndex: v.optional(v.nullable(v.number())),
  usernameFragment: v.optional(v.nullable(v.string())),
});
export type CandidatePayload = v.InferOutput<typeof CandidatePayload>;

/** Why the agent ended or refused a session. */
export const BYE_REASONS = [
  "path-not-allowed",
  "not-found",
  "no-video",
  "disabled",
  "busy",
  "unsupported-transport",
  "bad-offer",
  "not-authorised",
  "connect-timeout",
  "connection-lost",
  "shutdown",
  "internal",
] as const;
export type ByeReason = typeof BYE_REASONS[number];

/** The JSON text `payload` as `schema`, or undefined where it is not JSON or does not fit. */
export function parsePayload<const S extends v.GenericSchema>(
  schema: S,
  payload: string,
): v.InferOutput<S> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
