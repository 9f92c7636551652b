import type { CuePoint } from "./cue_points.ts";

/** Where a block with a picture lies, as those have seen it who read over it. */
export interface PicturePlace {
  /** In units of the TimestampScale. */
  readonly time: number;
  /** Of its element, from the beginning of the file, in bytes. */
  readonly position: number;
  readonly size: number;
}

/** A picture that is known of, by its place or by what the Cues tell of it. */
export type KnownPicture = PicturePlace | CuePoint;

/** Of all tracks together, at most; a film has some 3,000 in each language. */
const MAX_PLACES = 200_000;

/** Where the pictures of a film's tracks lie. */
export class PictureIndex {
  readonly #tracks = new Map<number, Map<number, PicturePlace>>();
  readonly #lists = new Map<number, { readonly points: unknown; readonly list: readonly KnownPicture[] }>();
  #count = 0;

  /** Places that are known, of all tracks. */
  get count(): number {
    return this.#count;
  }

  add(track: number, place: PicturePlace): void {
    if (this.#count >= MAX_PLACES) this.clear();
    let places = this.#tracks.get(track);
    if (places === undefined) this.#tracks.set(track, places = new Map());
    if (places.has(place.time)) return;
    places.set(place.time, place);
    this.#lists.delete(track);
    this.#count++;
  }

  /**
   * Those of a track by their time.
   *
   * @param points of the Cues, where they are known
   */
  of(track: number, points: readonly CuePoint[] = NO_POINTS): readonly KnownPicture[] {
    const known = this.#lists.get(track);
    if (known?.points === points) return known.list;
    const all = new Map<number, KnownPicture>();
    for (const point of points) {
      if (point.track === track && point.block !== undefined) all.set(point.time, point);
    }
    // A place is better than what leads to it.
    for (const [time, place] of this.#tracks.get(track) ?? []) all.set(time, place);
    const list = [...all.values()].sort((a, b) => a.time - b.time);
    this.#lists.set(track, { points, list });
    return list;
  }

  clear(): void {
    this.#tracks.clear();
    this.#lists.clear();
    this.#count = 0;
  }
}

const NO_POINTS: readonly CuePoint[] = [];
