import { concat } from "../client/concat.ts";

/** Pieces below this are joined before they are handed on, in bytes. */
const BATCH = 131_072;

type Bytes = Uint8Array<ArrayBuffer>;

/** The pieces of a stream; it is cancelled when they are not wanted any more. Not every browser iterates streams. */
export async function* pieces(stream: ReadableStream<Bytes>): AsyncGenerator<Bytes, void, undefined> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The same bytes in pieces of a useful size: each piece costs a message or a write. */
export async function* joined(source: AsyncIterable<Bytes>): AsyncGenerator<Bytes, void, undefined> {
  let waiting: Bytes[] = [];
  let size = 0;
  for await (const piece of source) {
    if (size > 0 && size + piece.byteLength > BATCH) {
      yield concat(waiting, size);
      waiting = [];
      size = 0;
    }
    if (piece.byteLength >= BATCH) {
      yield piece;
      continue;
    }
    waiting.push(piece);
    size += piece.byteLength;
  }
  if (size > 0) yield concat(waiting, size);
}
