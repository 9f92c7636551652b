import { toBase64Url } from "./base64url.ts";
import { BoxKey } from "./box_key.ts";
import { formatGrant, type Grant, linkKey } from "./grant.ts";
import { ownerGrant } from "./owner_grant.ts";

/** What of a link's fragment says whose box it leads to, and what it allows there. */
export interface TrustFields {
  /** The box's public key, base64url. */
  readonly box: string;
  /** As `formatGrant` writes it. */
  readonly grant?: string;
  /** The grant's key, base64url. */
  readonly key?: string;
}

/** Of a link with a grant. */
export function linkFields(box: BoxKey, grant: Grant): Required<TrustFields> {
  const text = formatGrant(grant);
  return { box: toBase64Url(box.publicKey), grant: text, key: toBase64Url(linkKey(box, text)) };
}

/**
 * Of the link that a box prints.
 *
 * @param lasting whether the key is there at the next start, too; else it asks for no grant
 */
export function ownFields(secret: Uint8Array, lasting: boolean): TrustFields {
  const box = new BoxKey(secret);
  return lasting ? linkFields(box, ownerGrant(box)) : { box: toBase64Url(box.publicKey) };
}
