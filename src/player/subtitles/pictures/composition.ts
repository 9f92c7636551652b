import { SegmentReader } from "./segment.ts";

/** Part of an object, in its pixels. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An object at its place in the film's picture, in pixels. */
export interface Placed {
  readonly object: number;
  readonly x: number;
  readonly y: number;
  readonly crop: Crop | undefined;
}

/** What a presentation composition segment says. */
export interface Composition {
  /** Of the film that it was made for, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What was defined before it is not known any more. */
  readonly beginsEpoch: boolean;
  readonly palette: number;
  readonly objects: readonly Placed[];
}

/** Objects of one picture, at most: discs have two. */
const MAX_PLACED = 16;

/** Values of composition_state. */
const EPOCH_START = 0x80;
/** Bit of a composition object's flags. */
const CROPPED = 0x80;

/** @throws {MalformedFile} */
export function parseComposition(data: Uint8Array): Composition {
  const reader = new SegmentReader(data);
  const [width, height] = [reader.number(2), reader.number(2)];
  // A frame rate that nobody heeds, and a number that counts.
  reader.number(3);
  const state = reader.number(1);
  reader.number(1);
  const palette = reader.number(1);
  const count = reader.number(1);
  const objects: Placed[] = [];
  for (let i = 0; i < Math.min(count, MAX_PLACED); i++) {
    const object = reader.number(2);
    reader.number(1);
    const isCropped = (reader.number(1) & CROPPED) !== 0;
    const [x, y] = [reader.number(2), reader.number(2)];
    objects.push({ object, x, y, crop: isCropped ? parseCrop(reader) : undefined });
  }
  return { width, height, beginsEpoch: (state & EPOCH_START) !== 0, palette, objects };
}

function parseCrop(reader: SegmentReader): Crop {
  const [x, y, width, height] = [reader.number(2), reader.number(2), reader.number(2), reader.number(2)];
  return { x, y, width, height };
}
