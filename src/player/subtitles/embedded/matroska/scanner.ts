import { MalformedFile } from "../track.ts";
import { type CuePoint, parseCuePoints } from "./cue_points.ts";
import { children, ID, unsigned } from "./element.ts";
import { type BlockPlace, type ElementHandler, ElementParser, type RawBlock } from "./element_parser.ts";
import { PictureIndex } from "./picture_index.ts";
import { type MatroskaTrack, type MatroskaTracks, parseTracks } from "./tracks.ts";

/** A block of a subtitle track. */
export interface SubtitleBlock {
  readonly track: MatroskaTrack;
  /** Seconds. */
  readonly start: number;
  readonly duration: number | undefined;
  readonly payload: Uint8Array;
}

/** Bytes that follow one another and have been looked through. */
interface Span {
  readonly start: number;
  readonly parser: ElementParser;
  end: number;
  /** Before the first element, in case that what belongs in front of it comes later. */
  prefix: Uint8Array[];
  prefixSize: number;
}

/** Of bytes that are kept in front of a span's first element. */
const MAX_PREFIX = 2 << 20;

/** What lies behind more seeks than these is looked through again when it comes again. */
const MAX_SPANS = 64;

/** Blocks that are known to have been found; a film has some 2,000 in each language. */
const MAX_KNOWN = 200_000;

/**
 * Finds the subtitles in the pieces of a Matroska file that others read: in any order, some more than once.
 * Throws nothing, whatever the pieces hold.
 */
export class MatroskaScanner {
  /** What the file says of its tracks, once that has been seen. */
  tracks: MatroskaTracks | undefined;
  /** By their time; once they have been seen. */
  cuePoints: readonly CuePoint[] | undefined;
  /** Where the Segment's data begin, which {@link CuePoint}s count from, in bytes. */
  segment = 0;
  /** Seconds. */
  timestampScale = 1e-3;
  /** Where the blocks of picture subtitles lie that were read over. */
  readonly pictures = new PictureIndex();
  /** Of the file, in bytes. */
  readonly size: number;
  readonly #handler: ElementHandler;
  readonly #known = new Set<number>();
  readonly #texts = new Map<number, MatroskaTrack>();
  readonly #pictureTracks = new Set<number>();
  #spans: Span[] = [];
  #found: SubtitleBlock[] = [];

  /** @param size of the file, in bytes */
  constructor(size: number) {
    this.size = size;
    this.#handler = {
      size,
      wanted: (track) =>
        this.#texts.has(track) ? "content" : this.#pictureTracks.has(track) ? "place" : undefined,
      segment: (data) => this.segment = data,
      element: (id, data) => this.#element(id, data),
      block: (block) => this.#block(block),
      place: (place) => this.#place(place),
    };
  }

  /**
   * A piece of the file, and the blocks that are complete with it.
   *
   * @param clusterTime the Timestamp of the Cluster, where an element of one begins at `offset`
   */
  push(offset: number, bytes: Uint8Array, clusterTime?: number): SubtitleBlock[] {
    for (let at = 0; at < bytes.length;) {
      const here = offset + at;
      const span = this.#spans.find(({ start, end }) => start <= here && here <= end) ??
        this.#open(here, clusterTime);
      if (span.end > here) {
        at += span.end - here;
        continue;
      }
      const next = this.#spans.filter(({ start }) => start > here)
        .reduce<Span | undefined>((a, b) => a === undefined || b.start < a.start ? b : a, undefined);
      const piece = bytes.subarray(at, Math.min(bytes.length, (next?.start ?? Infinity) - offset));
      feed(span, piece);
      at += piece.length;
      if (span.end === next?.start) this.#join(span, next);
    }
    return this.#found.splice(0);
  }

  /** Where the bytes begin that have been looked through without a gap up to `position`. */
  scannedFrom(position: number): number {
    const span = this.#spans.find(({ start, end }) => start <= position && position <= end);
    return span?.start ?? position;
  }

  /** Whether the block that an element at this place begins has been found. */
  isKnown(position: number): boolean {
    return this.#known.has(position);
  }

  #open(start: number, clusterTime: number | undefined): Span {
    const parser = new ElementParser(this.#handler, start, clusterTime);
    const span = { start, end: start, parser, prefix: [], prefixSize: 0 };
    // Whatever span was opened first is the least likely to go on.
    if (this.#spans.length >= MAX_SPANS) this.#spans.shift();
    this.#spans.push(span);
    return span;
  }

  #join(before: Span, after: Span): void {
    for (const bytes of after.prefix) feed(before, bytes);
    const synced = after.parser.syncedAt !== undefined;
    const joined = synced || after.prefixSize > MAX_PREFIX ? { ...after, start: before.start } : before;
    if (joined !== before) {
      joined.prefix = before.prefix;
      joined.prefixSize = before.prefixSize;
    }
    this.#spans = this.#spans.flatMap((span) => span === before ? [joined] : span === after ? [] : [span]);
  }

  #element(id: number, data: Uint8Array): void {
    try {
      if (id === ID.Cues) this.cuePoints ??= parseCuePoints(data);
      if (id === ID.Info) {
        const scale = new Map(children(data)).get(ID.TimestampScale);
        // Nanoseconds in the file.
        if (scale !== undefined) this.timestampScale = unsigned(scale) / 1e9 || this.timestampScale;
      }
      if (id !== ID.Tracks || this.tracks !== undefined) return;
      this.tracks = parseTracks(data);
      for (const track of this.tracks.tracks) {
        if (track.format === "pgs") this.#pictureTracks.add(track.id);
        else if (track.format !== undefined) this.#texts.set(track.id, track);
      }
    } catch (error) {
      // A film may do without its subtitles.
      if (!(error instanceof MalformedFile)) throw error;
    }
  }

  #place({ track, ...place }: BlockPlace): void {
    this.pictures.add(track, place);
  }

  #block({ position, track, time, duration, payload }: RawBlock): void {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(position);
    const found = this.#texts.get(track)!;
    this.#found.push({
      track: found,
      start: time * this.timestampScale,
      duration: duration === undefined ? found.duration : duration * this.timestampScale,
      payload,
    });
  }
}

function feed(span: Span, bytes: Uint8Array): void {
  const { parser } = span;
  const wasSynced = parser.syncedAt !== undefined;
  parser.feed(bytes);
  if (!wasSynced) {
    const before = bytes.subarray(0, Math.max(0, (parser.syncedAt ?? Infinity) - span.end));
    span.prefixSize += before.length;
    if (span.prefixSize > MAX_PREFIX) span.prefix = [];
    else span.prefix.push(before.slice());
  }
  span.end += bytes.length;
}
