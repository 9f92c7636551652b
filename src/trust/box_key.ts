import { getPublicKey, sign } from "./ed25519.ts";
import { formatIdentity, KEY_SIZE, parseIdentity } from "./identity_line.ts";

export { KEY_SIZE };

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

  /** Ed25519, 64 bytes. */
  sign(message: Uint8Array): Uint8Array {
    return sign(message, this.secret);
  }

  /** One line, as an identity file holds it; {@link parseBoxKey} reads it back. */
  format(): string {
    return formatIdentity(this.secret);
  }
}

/** What an identity file holds, or undefined where that is something else. */
export function parseBoxKey(text: string): BoxKey | undefined {
  const secret = parseIdentity(text);
  return secret && new BoxKey(secret);
}
