import { sha256 } from "@noble/hashes/sha2.js";
import { TrustError } from "./trust_error.ts";

export { transcript } from "./fields.ts";

/** What of a session description decides who is at its other end. */
export interface DescriptionFacts {
  /** SHA-256 of its DTLS fingerprints. */
  readonly fingerprints: Uint8Array;
  /** Its ICE user name fragments, each on a line. */
  readonly ufrags: string;
}

const FINGERPRINT = /^a=fingerprint:([\w-]+) ([\dA-Fa-f]{2}(?::[\dA-Fa-f]{2})*)$/;
const UFRAG = /^a=ice-ufrag:([\w+/-]+)$/;

/**
 * Reads an SDP (RFC 8866, 8122, 8839). A line that one reader could take for a fingerprint and another not is
 * not believed at all.
 *
 * @throws {TrustError} wrong
 */
export function descriptionFacts(sdp: string): DescriptionFacts {
  const fingerprints: string[] = [];
  const ufrags: string[] = [];
  for (const line of sdp.split(/\r?\n/)) {
    if (/fingerprint/i.test(line)) {
      const [, algorithm, value] = FINGERPRINT.exec(line) ?? unclear();
      fingerprints.push(`${algorithm!.toLowerCase()} ${value!.toUpperCase()}`);
    } else if (/ice-ufrag/i.test(line)) {
      const [, ufrag] = UFRAG.exec(line) ?? unclear();
      ufrags.push(ufrag!);
    }
  }
  if (fingerprints.length === 0) throw new TrustError("wrong", "a description has no DTLS fingerprint");
  const text = new TextEncoder().encode(fingerprints.join("\n"));
  return { fingerprints: sha256(text), ufrags: ufrags.join("\n") };
}

function unclear(): never {
  throw new TrustError("wrong", "a line of a description is unclear");
}
