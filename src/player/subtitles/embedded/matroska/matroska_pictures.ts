import {
  AHEAD,
  type DisplaySet,
  dueAt,
  isClear,
  MAX_CHAIN,
  MAX_WINDOW,
  type PictureWindow,
  standsAlone,
} from "../../pictures/display_set.ts";
import { MalformedFile, type ReadBytes } from "../track.ts";
import { readPicture } from "./picture_blocks.ts";
import type { KnownPicture } from "./picture_index.ts";
import type { MatroskaScanner } from "./scanner.ts";
import type { MatroskaTrack } from "./tracks.ts";

/** Fetched ahead, at most. */
const MAX_AHEAD = 32;

interface Wanted {
  readonly track: number;
  /** Of the file, in seconds. */
  readonly time: number;
}

/**
 * Fetches the pictures of a Matroska film around what is shown, with small reads of their own: playing reads over
 * those of all its languages, which are too much to be kept, and tells only where they lie.
 */
export class MatroskaPictures {
  readonly #scanner: MatroskaScanner;
  readonly #read: ReadBytes;
  readonly #tell: (track: number, window: PictureWindow) => void;
  #wanted: Wanted | undefined;
  #busy = false;
  /** Of the window that was told of last, by their time in the file. */
  #fetched = new Map<number, DisplaySet | undefined>();
  #track: number | undefined;
  #told = "";

  /** @param tell told of a window in place of the one before */
  constructor(
    scanner: MatroskaScanner,
    read: ReadBytes,
    tell: (track: number, window: PictureWindow) => void,
  ) {
    this.#scanner = scanner;
    this.#read = read;
    this.#tell = tell;
  }

  /** What is shown and when, in seconds of the file. */
  async want(track: number, time: number): Promise<void> {
    this.#wanted = { track, time };
    await this.#work();
  }

  /** More of them are known. */
  more(): void {
    if (this.#wanted === undefined) return;
    // Another object: who is at work looks once more.
    this.#wanted = { ...this.#wanted };
    void this.#work();
  }

  /** Another kind is shown. */
  stop(): void {
    this.#wanted = undefined;
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      let done: Wanted | undefined;
      while (this.#wanted !== done) {
        done = this.#wanted;
        if (done !== undefined) await this.#fetch(done.track, done.time);
      }
    } catch {
      // What cannot be read is not shown; playing tells of it.
    } finally {
      this.#busy = false;
    }
  }

  async #fetch(id: number, time: number): Promise<void> {
    const track = this.#scanner.tracks?.tracks.find((track) => track.id === id);
    if (track === undefined) return;
    if (this.#track !== id) this.#fetched.clear();
    this.#track = id;
    const { timestampScale } = this.#scanner;
    const all = this.#scanner.pictures.of(id, this.#scanner.cuePoints);
    const places = all.map(({ time }) => ({ start: time * timestampScale }));
    const due = dueAt(places, time);
    const kept = new Map<number, DisplaySet | undefined>();
    let [size, isNew] = [0, false];
    const take = async (at: number) => {
      const known = all[at]!;
      const isThere = this.#fetched.has(known.time);
      isNew ||= !isThere;
      const set = isThere ? this.#fetched.get(known.time) : await this.#readOne(track, known);
      kept.set(known.time, set);
      size += set?.bytes.length ?? 0;
      return set;
    };
    // What is shown now, and what it builds on.
    for (let at = due; at >= 0 && due - at < MAX_CHAIN && size < MAX_WINDOW; at--) {
      const set = await take(at);
      if (set !== undefined && (standsAlone(set) || (at === due && isClear(set)))) break;
    }
    const end = (at: number) => places[at]?.start ?? Infinity;
    const from = due < 0 ? 0 : end(due);
    // They come one after the other: what is due is not to wait for those ahead.
    if (isNew) this.#report(id, from, end(due + 1), kept);
    let next = due + 1;
    for (; next < all.length && end(next) < time + AHEAD && size < MAX_WINDOW; next++) {
      if (next - due > MAX_AHEAD || this.#wanted?.track !== id) break;
      // Sought elsewhere: that comes first.
      if (Math.abs(this.#wanted.time - time) > AHEAD) break;
      await take(next);
    }
    this.#fetched = kept;
    this.#report(id, from, end(next), kept);
  }

  async #readOne(track: MatroskaTrack, known: KnownPicture): Promise<DisplaySet | undefined> {
    try {
      return await readPicture(this.#read, this.#scanner, track, known);
    } catch (error) {
      if (error instanceof MalformedFile) return undefined;
      throw error;
    }
  }

  #report(track: number, from: number, until: number, kept: ReadonlyMap<number, DisplaySet | undefined>) {
    const signature = `${track} ${from} ${until} ${[...kept.keys()]}`;
    if (signature === this.#told) return;
    this.#told = signature;
    const sets = [...kept.values()].filter((set) => set !== undefined);
    this.#tell(track, { from, until, sets: sets.sort((a, b) => a.start - b.start) });
  }
}
