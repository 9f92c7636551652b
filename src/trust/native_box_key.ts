/** A box's key on the box: the runtime's own Ed25519 is some hundred times faster than one in JavaScript. */
import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { fromBase64Url } from "./base64url.ts";
import type { BoxKey } from "./box_key.ts";
import { formatIdentity } from "./identity_line.ts";
import { pkcs8 } from "./pkcs8.ts";

export class NativeBoxKey implements BoxKey {
  readonly publicKey: Uint8Array;
  readonly #key: KeyObject;

  /** @param secret 32 random bytes */
  constructor(readonly secret: Uint8Array) {
    this.#key = createPrivateKey({ key: Buffer.from(pkcs8(secret)), format: "der", type: "pkcs8" });
    const { x } = createPublicKey(this.#key).export({ format: "jwk" });
    this.publicKey = fromBase64Url(x!)!;
  }

  sign(message: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, message, this.#key));
  }

  format(): string {
    return formatIdentity(this.secret);
  }
}
