import type { Cue } from "../../cue.ts";
import { type EmbeddedEvents, MalformedFile, type ReadBytes } from "../track.ts";
import { blockCue } from "./block_cue.ts";
import type { CuePoint } from "./cue_points.ts";
import { elementHead, ID, MAX_HEAD, unsigned } from "./element.ts";
import { MatroskaPictures } from "./matroska_pictures.ts";
import { MatroskaScanner, type SubtitleBlock } from "./scanner.ts";

/** A line that begins so long before the present may last into it, in seconds, */
const LONGEST_LINE = 20;
/** and so many of them are looked for. */
const MAX_LINES = 8;

/** Read from where a line is said to be, in bytes; longer ones are found by those who read the film. */
const LINE_SIZE = 8 << 10;
/** Read from where a Cluster begins, to know its time. */
const CLUSTER_HEAD = 48;
/** Read before the place where reading began, where the file does not tell where lines are. */
const LOOK_BACK = 2 << 20;

/** A jump of what is shown, in seconds. */
const JUMP = 3;

/** Finds the lines of a Matroska film in the bytes that are read to play it. */
export class MatroskaSubtitles {
  readonly #scanner: MatroskaScanner;
  readonly #read: ReadBytes;
  readonly #events: EmbeddedEvents;
  readonly #pictures: MatroskaPictures;
  #told = false;
  #sought: { readonly track: number; readonly time: number } | undefined;

  /**
   * @param size of the file, in bytes
   * @param read for the little that playing does not read
   */
  constructor(size: number, read: ReadBytes, events: EmbeddedEvents) {
    this.#scanner = new MatroskaScanner(size);
    this.#read = read;
    this.#events = events;
    this.#pictures = new MatroskaPictures(
      this.#scanner,
      read,
      (track, window) => events.pictures(track, window),
    );
  }

  /** A piece of the file that was read; it is not kept. */
  push(offset: number, bytes: Uint8Array, clusterTime?: number): void {
    const { count } = this.#scanner.pictures;
    void this.#tell(this.#scanner.push(offset, bytes, clusterTime));
    if (this.#scanner.pictures.count !== count) this.#pictures.more();
    if (this.#told || this.#scanner.tracks === undefined) return;
    this.#told = true;
    this.#events.tracks(this.#scanner.tracks);
  }

  /**
   * What is shown and when, in seconds of the file: after a jump, the line that began before the place where
   * reading goes on is looked for.
   */
  async want(track: number, time: number): Promise<void> {
    const isPictures = this.#scanner.tracks?.tracks.find(({ id }) => id === track)?.format === "pgs";
    if (!isPictures) this.#pictures.stop();
    await Promise.all([
      isPictures ? this.#pictures.want(track, time) : undefined,
      this.#lookFor(track, time, isPictures),
    ]);
  }

  async #lookFor(track: number, time: number, isPictures: boolean): Promise<void> {
    const points = this.#scanner.cuePoints;
    if (points === undefined) return;
    const last = this.#sought;
    this.#sought = { track, time };
    if (last?.track === track && Math.abs(time - last.time) < JUMP) return;
    const lines = linesBefore(points, track, time, this.#scanner.timestampScale);
    try {
      if (lines === undefined) await this.#lookBack(points, time);
      else if (!isPictures) await Promise.all(lines.map((line) => this.#fetch(line)));
    } catch {
      // What cannot be read is not shown; playing tells of it.
    }
  }

  async #fetch({ cluster, block }: CuePoint): Promise<void> {
    const at = this.#scanner.segment + cluster;
    const line = at + MAX_HEAD + block!;
    // Its exact place is known with the head of the Cluster, which is of up to twelve bytes.
    for (let place = line - MAX_HEAD; place <= line; place++) if (this.#scanner.isKnown(place)) return;
    const [head, bytes] = await Promise.all([
      this.#read(at, CLUSTER_HEAD),
      this.#read(line - MAX_HEAD, LINE_SIZE + MAX_HEAD),
    ]);
    const found = clusterHead(head);
    if (found !== undefined) this.push(at + found.data + block!, bytes.subarray(found.data), found.time);
  }

  async #lookBack(points: readonly CuePoint[], time: number): Promise<void> {
    const before = points.findLast((point) => point.time * this.#scanner.timestampScale <= time);
    if (before === undefined) return;
    const at = this.#scanner.segment + before.cluster;
    const start = Math.max(0, at - LOOK_BACK);
    const end = this.#scanner.scannedFrom(at);
    if (end > start) this.push(start, await this.#read(start, end - start));
  }

  async #tell(blocks: readonly SubtitleBlock[]): Promise<void> {
    for (const block of blocks) {
      const cue = await blockCue(block).catch(onlyMalformed);
      if (cue !== undefined) this.#events.cues(block.track.id, [cue]);
    }
  }
}

function onlyMalformed(error: unknown): Cue | undefined {
  if (error instanceof MalformedFile) return undefined;
  throw error;
}

/** Those of a track that may last into `time`; undefined where the file tells of none of the track at all. */
function linesBefore(points: readonly CuePoint[], track: number, time: number, scale: number) {
  const own = points.filter((point) => point.track === track && point.block !== undefined);
  if (own.length === 0) return undefined;
  return own.filter((point) => {
    const start = point.time * scale;
    const lasts = point.duration === undefined ? LONGEST_LINE : point.duration * scale;
    return start <= time && time < start + lasts;
  }).slice(-MAX_LINES);
}

/** Where the data of a Cluster begin in it, and its Timestamp. */
function clusterHead(bytes: Uint8Array): { readonly data: number; readonly time: number } | undefined {
  const cluster = elementHead(bytes, 0);
  if (cluster?.id !== ID.Cluster) return undefined;
  for (let at = cluster.data;;) {
    const child = elementHead(bytes, at);
    if (child?.size === undefined || child.data + child.size > bytes.length) return undefined;
    if (child.id === ID.Timestamp) {
      return { data: cluster.data, time: unsigned(bytes.subarray(child.data, child.data + child.size)) };
    }
    at = child.data + child.size;
  }
}
