/// <reference lib="dom" />
import type { RangedFile } from "../client/ranged_file.ts";

/**
 * A part of a file, all of it at once.
 *
 * @param length bytes; fewer come where the file ends before
 * @throws {PlayerError} as the stream of {@link RangedFile.read} does
 */
export async function readBytes(
  file: RangedFile,
  offset: number,
  length: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(file.read(offset, length, options)).arrayBuffer());
}
