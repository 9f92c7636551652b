/** Makes picture subtitles of the Presentation Graphics Stream: ffmpeg reads and copies them, but makes none. */

export const SEGMENT = { palette: 0x14, object: 0x15, composition: 0x16, window: 0x17, end: 0x80 } as const;

/** A rectangle of one colour, in pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Index into the palette; 1 without. */
  readonly colour?: number;
}

/** One display set. */
export interface SetSource {
  /** When it is shown, in seconds. */
  readonly at: number;
  /** Nothing is shown without. */
  readonly rectangles?: readonly Rectangle[];
  /** Builds on those before: objects are not sent again. */
  readonly goesOn?: boolean;
}

/** Of the film that they are made for, in pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
}

function number(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) & 0xff);
}

export function segment(type: number, data: readonly number[]): number[] {
  return [type, ...number(data.length, 2), ...data];
}

/** @param state 0x80 begins an epoch */
export function composition(
  { width, height }: Frame,
  state: number,
  places: readonly (readonly [object: number, x: number, y: number])[],
): number[] {
  return segment(SEGMENT.composition, [
    ...[...number(width, 2), ...number(height, 2), 0x10, 0, 1, state, 0, 0, places.length],
    ...places.flatMap(([object, x, y]) => [...number(object, 2), 0, 0, ...number(x, 2), ...number(y, 2)]),
  ]);
}

/** Yellow as `#ffe95c` in BT.709 and narrow range, which no test picture has; the second is white. */
export const YELLOW = [1, 211, 143, 64, 255, 2, 235, 128, 128, 255];
/** The same in BT.601. */
export const YELLOW_SD = [1, 208, 148, 63, 255, 2, 235, 128, 128, 255];

export function palette(entries: readonly number[] = YELLOW): number[] {
  return segment(SEGMENT.palette, [0, 0, ...entries]);
}

/** An object in one segment, from its coded pixels. */
export function object(id: number, width: number, height: number, runs: readonly number[]): number[] {
  const head = [...number(id, 2), 0, 0xc0, ...number(runs.length + 4, 3)];
  return segment(SEGMENT.object, [...head, ...number(width, 2), ...number(height, 2), ...runs]);
}

/** Pixels, line by line, as runs. */
export function encodeRuns(pixels: Uint8Array, width: number): number[] {
  const runs: number[] = [];
  for (let line = 0; line < pixels.length; line += width) {
    for (let at = line; at < line + width;) {
      const colour = pixels[at]!;
      let length = 1;
      while (at + length < line + width && pixels[at + length] === colour) length++;
      if (length === 1 && colour !== 0) runs.push(colour);
      else {
        const long = length > 63 ? 0x40 : 0;
        runs.push(0, (colour === 0 ? 0 : 0x80) | long | (long ? length >> 8 : length));
        if (long) runs.push(length & 0xff);
        if (colour !== 0) runs.push(colour);
      }
      at += length;
    }
    runs.push(0, 0);
  }
  return runs;
}

const END = segment(SEGMENT.end, []);

/** The segments of a display set, as Matroska has them. */
export function displaySet(frame: Frame, { rectangles = [], goesOn = false }: SetSource): Uint8Array {
  const places = rectangles.map(({ x, y }, i) => [i, x, y] as const);
  const state = rectangles.length === 0 || goesOn ? 0 : 0x80;
  const objects = goesOn ? [] : rectangles.map(({ width, height, colour = 1 }, i) => {
    const pixels = new Uint8Array(width * height).fill(colour);
    return object(i, width, height, encodeRuns(pixels, width));
  });
  const colours = objects.length === 0 ? [] : palette(frame.height > 576 ? YELLOW : YELLOW_SD);
  return Uint8Array.from([...composition(frame, state, places), ...colours, ...objects.flat(), ...END]);
}

/** Segments with the times before each, as SUP files have them. @param at seconds */
export function timed(at: number, segments: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (let from = 0; from < segments.length;) {
    const end = from + 3 + (segments[from + 1]! << 8 | segments[from + 2]!);
    bytes.push(0x50, 0x47, ...number(Math.round(at * 90_000), 4), 0, 0, 0, 0);
    for (const byte of segments.subarray(from, end)) bytes.push(byte);
    from = end;
  }
  return Uint8Array.from(bytes);
}

/** A SUP file. */
export function sup(frame: Frame, sets: readonly SetSource[]): Uint8Array<ArrayBuffer> {
  const parts = sets.map((set) => timed(set.at, displaySet(frame, set)));
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
