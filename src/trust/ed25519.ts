/** Ed25519 (RFC 8032), where WebCrypto is not: on pages that came over plain HTTP from another machine. */
import { getPublicKey, hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

hashes.sha512 = sha512;

export { getPublicKey, sign, verify };
