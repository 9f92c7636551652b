import { inflate } from "../inflate.ts";
import type { ContentEncoding } from "./tracks.ts";

/**
 * A block's content as it was before it was packed into the file.
 *
 * @param limit of what was compressed, in bytes
 * @throws {MalformedFile} where it is damaged, or larger
 */
export async function decodedBlock(
  payload: Uint8Array,
  encodings: readonly ContentEncoding[],
  limit: number,
): Promise<Uint8Array> {
  let bytes = payload;
  for (const encoding of encodings) {
    bytes = encoding.type === "zlib" ? await inflate(bytes, limit) : joined(encoding.bytes, bytes);
  }
  return bytes;
}

function joined(beginning: Uint8Array, rest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(beginning.length + rest.length);
  whole.set(beginning);
  whole.set(rest, beginning.length);
  return whole;
}
