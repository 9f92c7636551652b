import { MalformedFile } from "./track.ts";

/**
 * What zlib (RFC 1950) has compressed.
 *
 * @throws {MalformedFile} where it is damaged, or more than `limit` bytes
 */
export async function inflate(bytes: Uint8Array, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  // What fails here fails at the other end, too.
  writer.write(bytes.slice()).then(() => writer.close()).catch(() => {});
  const inflated = new Uint8Array(limit);
  let length = 0;
  const reader = stream.readable.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (length + part.value.length > limit) throw new MalformedFile("compressed data are too large");
      inflated.set(part.value, length);
      length += part.value.length;
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof MalformedFile ? error : new MalformedFile("compressed data are damaged");
  }
  return inflated.slice(0, length);
}
