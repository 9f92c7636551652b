/** Parameters inside chunks (RFC 9260, section 3.2.1): type u16 · length u16 · value, padded to four bytes. */
export interface Parameter {
  readonly type: number;
  readonly value: Uint8Array;
}

/** More than any chunk of sense holds. */
const MAX_PARAMETERS = 64;

/** The parameters in `bytes`; undefined where they are malformed. */
export function readParameters(bytes: Uint8Array): Parameter[] | undefined {
  const found: Parameter[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 4 <= bytes.byteLength) {
    const length = view.getUint16(at + 2);
    if (length < 4 || at + length > bytes.byteLength || found.length >= MAX_PARAMETERS) return undefined;
    found.push({ type: view.getUint16(at), value: bytes.subarray(at + 4, at + length) });
    at += (length + 3) & ~3;
  }
  return found;
}

/** The parameters as bytes, each padded but the last. */
export function writeParameters(parameters: readonly Parameter[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const { value } of parameters) size = ((size + 3) & ~3) + 4 + value.byteLength;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { type, value } of parameters) {
    at = (at + 3) & ~3;
    view.setUint16(at, type);
    view.setUint16(at + 2, 4 + value.byteLength);
    bytes.set(value, at + 4);
    at += 4 + value.byteLength;
  }
  return bytes;
}
