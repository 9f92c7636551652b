import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import { STUN_HEADER_SIZE, type StunMessage } from "./stun_message.ts";

const ATTRIBUTE_HEADER_SIZE = 4;
const INTEGRITY_SIZE = 20;
const FINGERPRINT_XOR = 0x5354554e;

/** Whether a message carries FINGERPRINT, and the right one (RFC 8489, section 14.7). */
export function isFingerprinted({ bytes, fingerprintAt }: StunMessage): boolean {
  if (fingerprintAt === undefined) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // It is the last attribute, so the length in the header is the one it was made over.
  const made = (crc32(bytes.subarray(0, fingerprintAt)) ^ FINGERPRINT_XOR) >>> 0;
  return made === view.getUint32(fingerprintAt + ATTRIBUTE_HEADER_SIZE);
}

/**
 * Whether a message carries MESSAGE-INTEGRITY made with `key` (RFC 8489, section 14.5: HMAC-SHA1); takes
 * as long for a wrong one as for the right one.
 *
 * @param key the password of short-term credentials in UTF-8
 */
export function isAuthentic({ bytes, integrityAt }: StunMessage, key: Uint8Array): boolean {
  if (integrityAt === undefined) return false;
  const at = integrityAt + ATTRIBUTE_HEADER_SIZE;
  // Copied, and not by slice(): a Buffer's would share the memory that is written to here.
  const covered = new Uint8Array(bytes.subarray(0, integrityAt));
  // As if the message ended with this attribute.
  new DataView(covered.buffer).setUint16(2, at + INTEGRITY_SIZE - STUN_HEADER_SIZE);
  const made = createHmac("sha1", key).update(covered).digest();
  return timingSafeEqual(made, bytes.subarray(at, at + INTEGRITY_SIZE));
}
