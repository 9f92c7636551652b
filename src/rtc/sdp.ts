import "./quiet_env.ts";
import { type MediaDescription, type RTCDtlsFingerprint, SessionDescription } from "werift";

/** The largest offer that is read, in UTF-16 code units. */
export const MAX_SDP_LENGTH = 65_536;

/** The largest message this side takes, in bytes; announced in the answer. */
export const MAX_MESSAGE_SIZE = 262_144;

/** What this side sends at most: a header and a chunk. An offer that takes less cannot be served. */
const SENT_MESSAGE_SIZE = 16_396;

/** An offer that cannot be answered. */
export class OfferError extends Error {
  override readonly name = "OfferError";
}

/** What an answer needs to know of an offer (RFC 8839, 8841, 8842). */
export interface Offer {
  readonly mid: string;
  readonly sdpMLineIndex: number;
  readonly usernameFragment: string;
  readonly password: string;
  readonly iceLite: boolean;
  readonly fingerprints: readonly RTCDtlsFingerprint[];
  readonly sctpPort: number;
  /** Candidates inside the offer, each without `a=`. */
  readonly candidates: readonly string[];
  /** The other media sections, which the answer refuses, in their places. */
  readonly refused: readonly (string | undefined)[];
}

/**
 * Reads an offer with one data-channel section.
 *
 * @throws {OfferError} where it has none, or lacks what ICE, DTLS or SCTP need
 */
export function parseOffer(sdp: string): Offer {
  if (sdp.length > MAX_SDP_LENGTH) throw new OfferError("the offer is too long");
  let description: SessionDescription;
  try {
    description = SessionDescription.parse(sdp);
  } catch {
    throw new OfferError("the offer is not a session description");
  }
  const index = description.media.findIndex((media) => media.kind === "application" && media.port !== 0);
  const media = description.media[index];
  if (media === undefined) throw new OfferError("the offer has no data-channel section");
  const ice = media.iceParams;
  const usernameFragment = ice?.usernameFragment || description.iceUsernameFragment;
  const password = ice?.password || description.icePassword;
  if (!usernameFragment || !password) throw new OfferError("the offer has no ICE credentials");
  const fingerprints = media.dtlsParams?.fingerprints.length
    ? media.dtlsParams.fingerprints
    : description.dtlsFingerprints;
  if (!fingerprints?.length) throw new OfferError("the offer has no DTLS fingerprint");
  // An offerer leaves the choice to the answerer (RFC 8842, section 5.2), and this one is the client.
  if (/^a=setup:active\s*$/m.test(sdp)) throw new OfferError("the offer insists on being the DTLS client");
  const maxMessageSize = media.sctpCapabilities?.maxMessageSize ?? 65_536;
  if (maxMessageSize !== 0 && maxMessageSize < SENT_MESSAGE_SIZE) {
    throw new OfferError(`messages of ${SENT_MESSAGE_SIZE} bytes are over what the offer allows`);
  }
  return {
    mid: token(media.rtp.muxId ?? "") ?? "0",
    sdpMLineIndex: index,
    usernameFragment,
    password,
    iceLite: description.iceLite || (ice?.iceLite ?? false),
    fingerprints,
    sctpPort: media.sctpPort ?? 5_000,
    candidates: sdp.match(/^a=candidate:.*$/gm)?.map((line) => line.slice(2).trim()) ?? [],
    refused: description.media.map((other) => other === media ? undefined : mediaLine(other)),
  };
}

/** What an answer says of this side. */
export interface AnswerParameters {
  readonly sessionId: string;
  readonly version: number;
  readonly usernameFragment: string;
  readonly password: string;
  readonly fingerprint: RTCDtlsFingerprint;
}

/** The answer to `offer`: nothing of it is echoed but what an answer must repeat. */
export function writeAnswer(offer: Offer, own: AnswerParameters): string {
  const lines = [
    "v=0",
    `o=- ${own.sessionId} ${own.version} IN IP4 0.0.0.0`,
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${offer.mid}`,
  ];
  for (const refused of offer.refused) {
    if (refused !== undefined) {
      lines.push(refused, "c=IN IP4 0.0.0.0", "a=inactive");
      continue;
    }
    lines.push(
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      "c=IN IP4 0.0.0.0",
      `a=mid:${offer.mid}`,
      `a=ice-ufrag:${own.usernameFragment}`,
      `a=ice-pwd:${own.password}`,
      "a=ice-options:trickle",
      `a=fingerprint:${own.fingerprint.algorithm} ${own.fingerprint.value}`,
      "a=setup:active",
      "a=sctp-port:5000",
      `a=max-message-size:${MAX_MESSAGE_SIZE}`,
    );
  }
  return lines.join("\r\n") + "\r\n";
}

/** An SDP token (RFC 8866, section 9), or undefined. */
function token(text: string): string | undefined {
  return /^[!#-'*+\-.0-9A-Z^-~]{1,64}$/.test(text) ? text : undefined;
}

function mediaLine(media: MediaDescription): string {
  const formats = media.fmt.map(String).map((format) => token(format) ?? "0");
  const profile = /^[A-Za-z0-9/]{1,64}$/.test(media.profile) ? media.profile : "UDP/TLS/RTP/SAVPF";
  return `m=${token(media.kind) ?? "audio"} 0 ${profile} ${formats.join(" ") || "0"}`;
}
