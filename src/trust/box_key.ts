import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { getPublicKey } from "./ed25519.ts";

/** Bytes of a secret and of a public key (RFC 8032, section 5.1.5). */
export const KEY_SIZE = 32;

const IDENTITY_PREFIX = "unarr-identity-1:";

/** The key pair that a box is known by, and from which the keys of its links are derived. */
export class BoxKey {
  readonly publicKey: Uint8Array;

  /** @param secret 32 random bytes */
  constructor(readonly secret: Uint8Array) {
    this.publicKey = getPublicKey(secret);
  }

  static generate(): BoxKey {
    return new BoxKey(crypto.getRandomValues(new Uint8Array(KEY_SIZE)));
  }

  /** One line, as an identity file holds it; {@link parseBoxKey} reads it back. */
  format(): string {
    return IDENTITY_PREFIX + toBase64Url(this.secret);
  }
}

/** What an identity file holds, or undefined where that is something else. */
export function parseBoxKey(text: string): BoxKey | undefined {
  const line = text.trim();
  if (!line.startsWith(IDENTITY_PREFIX)) return undefined;
  const secret = fromBase64Url(line.slice(IDENTITY_PREFIX.length));
  return secret?.byteLength === KEY_SIZE ? new BoxKey(secret) : undefined;
}
