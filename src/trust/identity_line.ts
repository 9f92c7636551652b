import { fromBase64Url, toBase64Url } from "./base64url.ts";

/** Bytes of a secret and of a public key (RFC 8032, section 5.1.5). */
export const KEY_SIZE = 32;

const PREFIX = "unarr-identity-1:";

/** The one line of an identity file. */
export function formatIdentity(secret: Uint8Array): string {
  return PREFIX + toBase64Url(secret);
}

/** The secret in an identity file, or undefined where it holds something else. */
export function parseIdentity(text: string): Uint8Array<ArrayBuffer> | undefined {
  const line = text.trim();
  if (!line.startsWith(PREFIX)) return undefined;
  const secret = fromBase64Url(line.slice(PREFIX.length));
  return secret?.byteLength === KEY_SIZE ? secret : undefined;
}
