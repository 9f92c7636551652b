import { Buffer } from "node:buffer";
import { verify, X509Certificate } from "node:crypto";

/** HashAlgorithm and SignatureAlgorithm of TLS 1.2 (RFC 5246, section 7.4.1.4.1). */
const HASHES: Record<number, string> = { 4: "sha256", 5: "sha384", 6: "sha512" };
const RSA = 1;
const ECDSA = 3;

const NAMED_CURVE = 3;

/**
 * Whether the server's key belongs to its certificate: the signature in ServerKeyExchange (RFC 8422,
 * section 5.4) covers both randoms and the key, and the certificate's key must have made it. Without
 * this, whoever can replay a certificate could stand in the middle.
 *
 * @param certificates body of the Certificate message
 * @param exchange body of ServerKeyExchange
 */
export function isSignedByCertificate(
  certificates: Uint8Array,
  exchange: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): boolean {
  const leaf = firstCertificate(certificates);
  if (leaf === undefined || exchange.byteLength < 4 || exchange[0] !== NAMED_CURVE) return false;
  const end = 4 + exchange[3]!;
  if (end + 4 > exchange.byteLength) return false;
  const hash = HASHES[exchange[end]!];
  const algorithm = exchange[end + 1]!;
  const length = (exchange[end + 2]! << 8) | exchange[end + 3]!;
  if (hash === undefined || end + 4 + length !== exchange.byteLength) return false;
  try {
    const { publicKey } = new X509Certificate(leaf);
    const expected = algorithm === ECDSA ? "ec" : algorithm === RSA ? "rsa" : undefined;
    if (publicKey.asymmetricKeyType !== expected) return false;
    const signed = Buffer.concat([clientRandom, serverRandom, exchange.subarray(0, end)]);
    return verify(hash, signed, publicKey, exchange.subarray(end + 4));
  } catch {
    return false;
  }
}

/** The end entity's certificate, which comes first (RFC 5246, section 7.4.2). */
function firstCertificate(list: Uint8Array): Buffer | undefined {
  if (list.byteLength < 6) return undefined;
  const length = (list[3]! << 16) | (list[4]! << 8) | list[5]!;
  return 6 + length > list.byteLength ? undefined : Buffer.from(list.subarray(6, 6 + length));
}
