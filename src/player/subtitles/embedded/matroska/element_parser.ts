import { concat } from "../../../client/concat.ts";
import { MalformedFile, MAX_LINE } from "../track.ts";
import { elementHead, ID, unsigned, vint } from "./element.ts";

/** A block of a subtitle track, as it lies in the file. */
export interface RawBlock {
  /** Of its element, in bytes from the beginning of the file. */
  readonly position: number;
  readonly track: number;
  /** In units of the TimestampScale. */
  readonly time: number;
  readonly duration: number | undefined;
  readonly payload: Uint8Array;
}

/** Where a block of a subtitle track lies, whose content is not wanted now. */
export interface BlockPlace {
  /** Of its element or of the group that it is in, from the beginning of the file, in bytes. */
  readonly position: number;
  readonly size: number;
  readonly track: number;
  /** In units of the TimestampScale. */
  readonly time: number;
}

/** What an {@link ElementParser} asks and tells. */
export interface ElementHandler {
  /** Of the file, in bytes. */
  readonly size: number;
  /** What is wanted of a track's blocks: their content, or their places alone. */
  wanted(track: number): "content" | "place" | undefined;
  segment(data: number): void;
  /** Info, Tracks or Cues, whole. */
  element(id: number, data: Uint8Array): void;
  block(block: RawBlock): void;
  place(place: BlockPlace): void;
}

/** Elements that are wanted whole, and their largest size in bytes. */
const WHOLE = new Map<number, number>([
  [ID.Info, 1 << 20],
  [ID.Tracks, 4 << 20],
  [ID.Cues, 16 << 20],
  [ID.Timestamp, 8],
  [ID.BlockDuration, 8],
]);

/** Where reading can begin, and the elements that such an element may begin with; CRC-32 and Void, too. */
const SYNC = new Map<number, readonly number[]>([
  [ID.Cluster, [ID.Timestamp, 0xbf]],
  [ID.Tracks, [ID.TrackEntry, 0xbf, 0xec]],
  [ID.Cues, [ID.CuePoint, 0xbf, 0xec]],
]);

/** What follows a block's track: its time in the Cluster, in bytes. */
const BLOCK_TIME = 2;

/** Enough to know that an element of {@link SYNC} begins. */
const SYNC_SIZE = 13;

/**
 * Goes through bytes that follow one another, from any place of a Matroska file on, and tells of what concerns
 * subtitles. Master elements are entered and not left: where a Cluster of unknown size ends need not be known.
 * What is no Matroska is gone over to the next Cluster.
 */
export class ElementParser {
  /** Where the first element was found, in bytes from the beginning of the file. */
  syncedAt: number | undefined;
  readonly #handler: ElementHandler;
  /** Where the next element begins; behind what was fed where it is not wanted. */
  #next: number;
  #end: number;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #need = 0;
  #synced = false;
  #clusterTime: number | undefined;
  #group:
    | { readonly end: number; readonly position: number; block?: RawBlock; duration?: number }
    | undefined;

  /**
   * @param from where the bytes begin
   * @param clusterTime the Timestamp of the Cluster, where an element of one begins there
   */
  constructor(handler: ElementHandler, from: number, clusterTime?: number) {
    this.#handler = handler;
    this.#next = this.#end = from;
    this.#clusterTime = clusterTime;
    if (from === 0 || clusterTime !== undefined) {
      this.#synced = true;
      this.syncedAt = from;
    }
  }

  /** The bytes are not kept. */
  feed(bytes: Uint8Array): void {
    const from = this.#end;
    this.#end += bytes.length;
    if (this.#next >= this.#end) return;
    const wanted = bytes.subarray(Math.max(0, this.#next - from));
    this.#held += wanted.length;
    if (this.#held < this.#need) return void this.#chunks.push(wanted.slice());
    const data = concat([...this.#chunks, wanted], this.#held);
    const used = this.#parse(data);
    this.#next += used;
    this.#chunks = used < data.length ? [data.slice(used)] : [];
    this.#held = Math.max(0, data.length - used);
  }

  /** @returns how many bytes are done with; more than there are where what follows is not wanted */
  #parse(data: Uint8Array): number {
    this.#need = 0;
    let at = 0;
    while (at < data.length) {
      if (!this.#synced) {
        at = nextSync(data, at);
        // A few bytes may be the beginning of one.
        if (at + SYNC_SIZE > data.length) break;
        this.#synced = true;
        this.#clusterTime = this.#group = undefined;
        this.syncedAt ??= this.#next + at;
      }
      try {
        const next = this.#element(data, at);
        if (next === undefined) break;
        at = next;
      } catch (error) {
        if (!(error instanceof MalformedFile)) throw error;
        this.#synced = false;
        at++;
        continue;
      }
      if (this.#group !== undefined && this.#next + at >= this.#group.end) this.#endGroup();
    }
    return at;
  }

  /** @returns where the next one begins; undefined where more bytes are needed */
  #element(data: Uint8Array, at: number): number | undefined {
    const head = elementHead(data, at);
    if (head === undefined) return undefined;
    const position = this.#next + at;
    switch (head.id) {
      case ID.Segment:
        this.#handler.segment(this.#next + head.data);
        return head.data;
      case ID.Cluster:
        this.#clusterTime = undefined;
        return head.data;
    }
    if (head.size === undefined) throw new MalformedFile("an element has no size");
    const next = head.data + head.size;
    if (this.#next + next > this.#handler.size) {
      throw new MalformedFile("an element goes past the file's end");
    }
    if (head.id === ID.BlockGroup) {
      this.#group = { end: this.#next + next, position };
      return head.data;
    }
    const isBlock = head.id === ID.SimpleBlock || head.id === ID.Block;
    if (isBlock) {
      const track = vint(data, head.data);
      if (track === undefined) return undefined;
      const wanted = this.#handler.wanted(track.value ?? 0);
      if (wanted === "place") {
        const begin = data.subarray(head.data, head.data + track.length + BLOCK_TIME);
        if (begin.length < track.length + BLOCK_TIME && next > data.length) return undefined;
        this.#place(begin, position, this.#next + next);
      }
      if (wanted !== "content" || head.size > MAX_LINE) return next;
    } else if (head.size > (WHOLE.get(head.id) ?? -1)) return next;
    if (next > data.length) {
      this.#need = next - at;
      return undefined;
    }
    const content = data.subarray(head.data, next);
    if (isBlock) this.#block(content, head.id, position);
    else if (head.id === ID.Timestamp) this.#clusterTime = unsigned(content);
    else if (head.id === ID.BlockDuration) {
      if (this.#group !== undefined) this.#group.duration = unsigned(content);
    } else this.#handler.element(head.id, content);
    return next;
  }

  /** RFC 9559, sections 10.1 and 10.2. */
  #block(data: Uint8Array, id: number, position: number): void {
    const track = vint(data, 0);
    if (this.#clusterTime === undefined || track?.value === undefined) return;
    const at = track.length;
    // Subtitles are not laced: two lines at one time would have one duration.
    if (data.length < at + 3 || (data[at + 2]! & 0x06) !== 0) return;
    const time = this.#clusterTime + new DataView(data.buffer, data.byteOffset).getInt16(at);
    const block = { track: track.value, time, payload: data.slice(at + 3) };
    if (id === ID.SimpleBlock) this.#handler.block({ ...block, position, duration: undefined });
    else if (this.#group !== undefined) {
      this.#group.block = { ...block, position: this.#group.position, duration: undefined };
    }
  }

  #place(head: Uint8Array, position: number, end: number): void {
    const track = vint(head, 0);
    if (this.#clusterTime === undefined || track?.value === undefined) return;
    if (head.length < track.length + BLOCK_TIME) return;
    const time = this.#clusterTime + new DataView(head.buffer, head.byteOffset).getInt16(track.length);
    const around = this.#group ?? { position, end };
    const size = around.end - around.position;
    this.#handler.place({ position: around.position, size, track: track.value, time });
  }

  #endGroup(): void {
    const { block, duration } = this.#group!;
    this.#group = undefined;
    if (block !== undefined) this.#handler.block({ ...block, duration });
  }
}

/** Where an element of {@link SYNC} begins, or might that `data` do not show whole; else their end. */
function nextSync(data: Uint8Array, from: number): number {
  for (let at = from; at < data.length; at++) {
    const byte = data[at];
    if (byte !== 0x1f && byte !== 0x16 && byte !== 0x1c) continue;
    if (at + SYNC_SIZE > data.length || isSync(data, at)) return at;
  }
  return data.length;
}

function isSync(data: Uint8Array, at: number): boolean {
  try {
    const head = elementHead(data, at);
    return head !== undefined && (SYNC.get(head.id)?.includes(data[head.data]!) ?? false);
  } catch {
    return false;
  }
}
