import { sha256 } from "@noble/hashes/sha2.js";
import { TrustError } from "./trust_error.ts";

/** Times are 64-bit numbers; everything else has bytes of its own. */
type Field = string | Uint8Array | number;

/**
 * Fields as bytes, each behind its length of 32 bits (big-endian), so that no two lists of fields look alike.
 *
 * @param domain what is signed or authenticated, so that it cannot pass for something else
 */
export function transcript(domain: string, ...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const parts = [domain, ...fields].map(bytesOf);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.byteLength);
    bytes.set(part, at + 4);
    at += 4 + part.byteLength;
  }
  return bytes;
}

function bytesOf(field: Field): Uint8Array {
  if (typeof field === "string") return new TextEncoder().encode(field);
  if (typeof field !== "number") return field;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(field));
  return bytes;
}

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
