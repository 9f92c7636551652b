import { type DisplaySet, MAX_SET } from "../../pictures/display_set.ts";
import { MalformedFile, type ReadBytes } from "../track.ts";
import { decodedBlock } from "./block_encoding.ts";
import { children, elementHead, ID, MAX_HEAD, vint } from "./element.ts";
import type { KnownPicture } from "./picture_index.ts";
import type { MatroskaTrack } from "./tracks.ts";

/** Read from where a block is said to be, in bytes; most pictures are smaller. */
const BLOCK_SIZE = 48 << 10;

/** What the places of pictures are to be counted from. */
export interface SegmentFacts {
  /** Of the file, in bytes. */
  readonly size: number;
  /** Where the Segment's data begin, in bytes. */
  readonly segment: number;
  /** Seconds. */
  readonly timestampScale: number;
}

/**
 * Reads the display set of a block; undefined where there is none.
 *
 * @throws {MalformedFile}
 */
export async function readPicture(
  read: ReadBytes,
  { size, segment, timestampScale }: SegmentFacts,
  track: MatroskaTrack,
  known: KnownPicture,
): Promise<DisplaySet | undefined> {
  let bytes: Uint8Array | undefined;
  if ("position" in known) {
    if (known.size > MAX_SET) return undefined;
    bytes = await read(known.position, known.size);
  } else {
    if (segment + known.cluster + known.block! >= size) return undefined;
    bytes = await elementOf(read, segment + known.cluster, known.block!);
  }
  const payload = bytes && payloadOf(bytes, track.id);
  if (payload === undefined) return undefined;
  return { start: known.time * timestampScale, bytes: await decodedBlock(payload, track.encodings, MAX_SET) };
}

/** @param block of its element, from the beginning of the Cluster's data, in bytes */
async function elementOf(read: ReadBytes, cluster: number, block: number): Promise<Uint8Array | undefined> {
  const [head, around] = await Promise.all([
    read(cluster, MAX_HEAD),
    read(cluster + block, BLOCK_SIZE),
  ]);
  const found = elementHead(head, 0);
  if (found?.id !== ID.Cluster) return undefined;
  const bytes = around.subarray(found.data);
  const element = elementHead(bytes, 0);
  if (element?.size === undefined) return undefined;
  const size = element.data + element.size;
  if (size > MAX_SET) return undefined;
  return size <= bytes.length ? bytes.subarray(0, size) : await read(cluster + found.data + block, size);
}

/** What a BlockGroup or a SimpleBlock of a track holds (RFC 9559, section 10). */
function payloadOf(element: Uint8Array, track: number): Uint8Array | undefined {
  for (const [id, data] of children(element)) {
    const block = id === ID.BlockGroup ? blockOf(data) : id === ID.SimpleBlock ? data : undefined;
    if (block === undefined) continue;
    const number = vint(block, 0);
    if (number?.value !== track) return undefined;
    // The track's number, two bytes of time, and flags that tell of no lacing.
    const at = number.length + 3;
    if (block.length < at || (block[at - 1]! & 0x06) !== 0) throw new MalformedFile("a picture is laced");
    return block.subarray(at);
  }
  return undefined;
}

function blockOf(group: Uint8Array): Uint8Array | undefined {
  for (const [id, data] of children(group)) if (id === ID.Block) return data;
  return undefined;
}
