import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { BoxKey } from "./box_key.ts";
import { type Grant, LINK_KEY_DOMAIN } from "./grant_form.ts";
import { KEY_SIZE } from "./identity_line.ts";
import { TrustError } from "./trust_error.ts";

export { formatGrant, type Grant, MAX_GRANT_LENGTH, newGrant, parseGrant } from "./grant_form.ts";

/** The key that goes with a grant (HKDF, RFC 5869): whoever has it was given the link. */
export function linkKey(box: BoxKey, grantText: string): Uint8Array {
  return hkdf(
    sha256,
    box.secret,
    new TextEncoder().encode(LINK_KEY_DOMAIN),
    new TextEncoder().encode(grantText),
    KEY_SIZE,
  );
}

/**
 * @param now in milliseconds since 1970
 * @throws {TrustError} not-yet, expired or revoked
 */
export function checkGrant({ id, nbf, exp }: Grant, revoked: ReadonlySet<string>, now: number): void {
  if (revoked.has(id)) throw new TrustError("revoked", "the link was taken back");
  if (nbf !== undefined && now < nbf * 1_000) throw new TrustError("not-yet", "the link is not valid yet");
  if (exp !== undefined && now >= exp * 1_000) throw new TrustError("expired", "the link has expired");
}
