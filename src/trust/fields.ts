/** Times are 64-bit numbers; everything else has bytes of its own. */
type Field = string | Uint8Array | number;

/**
 * Fields as bytes, each behind its length of 32 bits (big-endian), so that no two lists of fields look alike.
 *
 * @param domain what is signed or authenticated, so that it cannot pass for something else
 */
export function transcript(domain: string, ...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const parts = [domain, ...fields].map(bytesOf);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.byteLength);
    bytes.set(part, at + 4);
    at += 4 + part.byteLength;
  }
  return bytes;
}

function bytesOf(field: Field): Uint8Array {
  if (typeof field === "string") return new TextEncoder().encode(field);
  if (typeof field !== "number") return field;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(field));
  return bytes;
}
