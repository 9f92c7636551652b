import { crc32 } from "./crc32.ts";
import {
  centralHeader,
  dataDescriptor,
  endRecords,
  localHeader,
  type WrittenItem,
  ZIP64_FROM,
  type ZipItem,
} from "./zip_records.ts";

/** One file or folder to be put into an archive. */
export interface ZipSource {
  /** `/` between the parts; a folder's ends with `/`. */
  readonly name: string;
  /** Milliseconds since 1970; 0 where it is not known. */
  readonly modified: number;
  /** Bytes that `content` has; 0 for a folder. */
  readonly size: number;
  readonly content?: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/**
 * The bytes of a ZIP archive of `sources`, stored, not compressed, in pieces of any size; nothing of a file is
 * kept.
 *
 * @throws {RangeError} where a content has another length than its size said
 */
export async function* zip(
  sources: AsyncIterable<ZipSource>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let directorySize = 0;
  let offset = 0;
  for await (const source of sources) {
    const item = zipItem(source);
    const isLarge = source.size >= ZIP64_FROM;
    const header = localHeader(item, isLarge);
    yield header;
    let crc = 0;
    let size = 0;
    for await (const piece of source.content ?? []) {
      crc = crc32(piece, crc);
      size += piece.byteLength;
      yield piece;
    }
    if (size !== source.size) throw new RangeError(`${size} bytes came of a file of ${source.size}`);
    const written: WrittenItem = { ...item, crc, size, offset, isLarge };
    offset += header.byteLength + size;
    if (!item.isFolder) {
      const descriptor = dataDescriptor(written);
      yield descriptor;
      offset += descriptor.byteLength;
    }
    const entry = centralHeader(written);
    directory.push(entry);
    directorySize += entry.byteLength;
  }
  yield* directory;
  yield endRecords(directory.length, directorySize, offset);
}

/** The length of what {@link zip} makes of these. */
export function zipLength(sources: Iterable<Omit<ZipSource, "content">>): number {
  let offset = 0;
  let directorySize = 0;
  let count = 0;
  for (const source of sources) {
    const item = zipItem(source);
    const isLarge = source.size >= ZIP64_FROM;
    const written: WrittenItem = { ...item, crc: 0, size: source.size, offset, isLarge };
    offset += localHeader(item, isLarge).byteLength + source.size;
    if (!item.isFolder) offset += dataDescriptor(written).byteLength;
    directorySize += centralHeader(written).byteLength;
    count++;
  }
  return offset + directorySize + endRecords(count, directorySize, offset).byteLength;
}

function zipItem({ name, modified }: Omit<ZipSource, "content">): ZipItem {
  return { name: new TextEncoder().encode(name), isFolder: name.endsWith("/"), modified };
}
