/** What comes before the secret (RFC 8410, section 7): a sequence of version, Ed25519 and an octet string in one. */
const HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/** A secret of Ed25519, 32 bytes, as others take it: PKCS #8 (RFC 5958) in DER. */
export function pkcs8(secret: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...HEAD, ...secret]);
}
