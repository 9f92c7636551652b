/** What links are made of, by WebCrypto: the curve's code is large, and slow when it is new. */
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { formatGrant, type Grant, LINK_KEY_DOMAIN } from "./grant_form.ts";
import { KEY_SIZE } from "./identity_line.ts";
import { ownerGrant } from "./owner_grant.ts";
import { pkcs8 } from "./pkcs8.ts";

/** What of a link's fragment says whose box it leads to, and what it allows there. */
export interface TrustFields {
  /** The box's public key, base64url. */
  readonly box: string;
  /** As `formatGrant` writes it. */
  readonly grant?: string;
  /** The grant's key, base64url. */
  readonly key?: string;
}

/** The public key that goes with a box's secret (RFC 8032, section 5.1.5). */
export async function publicKeyOf(secret: Uint8Array): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8(secret), "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  return fromBase64Url(x!)!;
}

/** Of a link with a grant. */
export async function linkFields(secret: Uint8Array, grant: Grant): Promise<Required<TrustFields>> {
  const text = formatGrant(grant);
  const [box, key] = await Promise.all([publicKeyOf(secret), linkKeyOf(secret, text)]);
  return { box: toBase64Url(box), grant: text, key: toBase64Url(key) };
}

/**
 * Of the link that a box prints.
 *
 * @param lasting whether the key is there at the next start, too; else it asks for no grant
 */
export async function ownFields(secret: Uint8Array, lasting: boolean): Promise<TrustFields> {
  const publicKey = await publicKeyOf(secret);
  return lasting ? await linkFields(secret, await ownerGrant(publicKey)) : { box: toBase64Url(publicKey) };
}

/** As `linkKey` makes it (HKDF, RFC 5869). */
async function linkKeyOf(secret: Uint8Array, grantText: string): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", secret.slice(), "HKDF", false, ["deriveBits"]);
  const how = {
    name: "HKDF",
    hash: "SHA-256",
    salt: encoder.encode(LINK_KEY_DOMAIN),
    info: encoder.encode(grantText),
  };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * KEY_SIZE));
}
