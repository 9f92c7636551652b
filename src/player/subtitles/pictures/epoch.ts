import { MalformedFile } from "../embedded/track.ts";
import { type Composition, parseComposition, type Placed } from "./composition.ts";
import { type DisplaySet, MAX_SET } from "./display_set.ts";
import { concat } from "../../client/concat.ts";
import { emptyPalette, type Palette, setColours } from "./palette.ts";
import { decodeRuns } from "./run_length.ts";
import { SEGMENT, SegmentReader, segments } from "./segment.ts";

/** An image at its place in the film's picture, in pixels. */
export interface PlacedImage {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** What is seen of picture subtitles at a time. */
export interface Picture {
  /** Of the film that they were made for, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly images: readonly PlacedImage[];
}

/** Of a picture, and of its objects together, at most: that of an UHD film. */
export const MAX_PIXELS = 3_840 * 2_160;
/** Objects of an epoch, at most, as discs may have, */
const MAX_OBJECTS = 64;
/** and its palettes. */
const MAX_PALETTES = 8;

/** First of the segments that make up an object. */
const FIRST = 0x80;

interface CodedObject {
  readonly width: number;
  readonly height: number;
  readonly parts: Uint8Array[];
  size: number;
}

/** What display sets have defined since an epoch began, and what of it is seen. */
class Epoch {
  readonly #objects = new Map<number, CodedObject>();
  readonly #palettes = new Map<number, Palette>();
  #shown: Composition | undefined;

  /** @throws {MalformedFile} */
  take(bytes: Uint8Array): void {
    this.#shown = undefined;
    for (const { type, data } of segments(bytes)) {
      if (type === SEGMENT.Composition) this.#compose(data);
      else if (type === SEGMENT.Palette) this.#definePalette(data);
      else if (type === SEGMENT.Object) this.#defineObject(data);
      else if (type === SEGMENT.End) break;
    }
  }

  /** Undefined where nothing is seen. */
  picture(): Picture | undefined {
    if (this.#shown === undefined) return undefined;
    const { width, height, palette, objects } = this.#shown;
    const colours = this.#palettes.get(palette);
    if (colours === undefined || width * height === 0 || width * height > MAX_PIXELS) return undefined;
    let room = MAX_PIXELS;
    const images = objects.flatMap((placed) => {
      const found = this.#image(placed, colours, room);
      for (const image of found) room -= image.width * image.height;
      return found;
    });
    return images.length > 0 ? { width, height, images } : undefined;
  }

  #compose(data: Uint8Array): void {
    this.#shown = parseComposition(data);
    if (!this.#shown.beginsEpoch) return;
    this.#objects.clear();
    this.#palettes.clear();
  }

  #definePalette(data: Uint8Array): void {
    const reader = new SegmentReader(data);
    const id = reader.number(1);
    reader.number(1);
    let palette = this.#palettes.get(id);
    if (palette === undefined) {
      if (this.#palettes.size >= MAX_PALETTES) throw new MalformedFile("an epoch has too many palettes");
      this.#palettes.set(id, palette = emptyPalette());
    }
    setColours(palette, reader.rest(), this.#shown?.height ?? 0);
  }

  #defineObject(data: Uint8Array): void {
    const reader = new SegmentReader(data);
    const id = reader.number(2);
    reader.number(1);
    if ((reader.number(1) & FIRST) !== 0) {
      if (!this.#objects.has(id) && this.#objects.size >= MAX_OBJECTS) {
        throw new MalformedFile("an epoch has too many objects");
      }
      // How much is to come, which the end of it tells as well.
      reader.number(3);
      const [width, height] = [reader.number(2), reader.number(2)];
      this.#objects.set(id, { width, height, parts: [], size: 0 });
    }
    const object = this.#objects.get(id);
    if (object === undefined) return;
    const part = reader.rest();
    object.size += part.length;
    if (object.size > MAX_SET) throw new MalformedFile("an object is too large");
    object.parts.push(part);
  }

  /**
   * None where the object is not known or broken.
   *
   * @param room pixels that it may have
   */
  #image({ object: id, x, y, crop }: Placed, colours: Palette, room: number): PlacedImage[] {
    const object = this.#objects.get(id);
    if (object === undefined) return [];
    const { width, height } = object;
    if (width * height === 0 || width * height > room) return [];
    try {
      const pixels = decodeRuns(concat(object.parts, object.size), width, height);
      const { x: left, y: top, width: columns, height: rows } = crop ?? { x: 0, y: 0, width, height };
      const [shownWidth, shownHeight] = [Math.min(columns, width - left), Math.min(rows, height - top)];
      if (shownWidth <= 0 || shownHeight <= 0) return [];
      const coloured = new Uint8ClampedArray(shownWidth * shownHeight * 4);
      // Four bytes at once, as they lie.
      const [from, to] = [new Uint32Array(colours.buffer), new Uint32Array(coloured.buffer)];
      for (let row = 0; row < shownHeight; row++) {
        const line = (top + row) * width + left;
        for (let i = 0; i < shownWidth; i++) to[row * shownWidth + i] = from[pixels[line + i]!]!;
      }
      return [{ x, y, width: shownWidth, height: shownHeight, pixels: coloured }];
    } catch (error) {
      if (error instanceof MalformedFile) return [];
      throw error;
    }
  }
}

/**
 * What is seen when the last of some display sets is shown; undefined where that is nothing. Throws nothing,
 * whatever they hold: a broken one is as if it were empty.
 *
 * @param sets by their time, from one on that stands alone
 */
export function pictureOf(sets: readonly DisplaySet[]): Picture | undefined {
  const epoch = new Epoch();
  let isWhole = false;
  for (const { bytes } of sets) {
    try {
      epoch.take(bytes);
      isWhole = true;
    } catch (error) {
      if (!(error instanceof MalformedFile)) throw error;
      isWhole = false;
    }
  }
  return isWhole ? epoch.picture() : undefined;
}
