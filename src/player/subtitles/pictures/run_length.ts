import { MalformedFile } from "../embedded/track.ts";

/**
 * The pixels of an object: indices into a palette, line by line.
 *
 * A byte that is not 0 is one pixel; behind 0 come two bits that say whether a colour follows (else it is 0) and
 * whether the length has 14 bits or 6, and the length; a length of 0 ends the line.
 *
 * @throws {MalformedFile} where they are not exactly as many as there should be
 */
export function decodeRuns(data: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height);
  let [x, y, at] = [0, 0, 0];
  const next = () => {
    if (at >= data.length) throw new MalformedFile("an object ends within a run");
    return data[at++]!;
  };
  while (at < data.length && y < height) {
    const first = next();
    if (first !== 0) {
      if (x >= width) throw new MalformedFile("a line is too long");
      pixels[y * width + x++] = first;
      continue;
    }
    const flags = next();
    if (flags === 0) {
      if (x !== width) throw new MalformedFile("a line is too short");
      x = 0;
      y++;
      continue;
    }
    let length = flags & 0x3f;
    if ((flags & 0x40) !== 0) length = length << 8 | next();
    const colour = (flags & 0x80) !== 0 ? next() : 0;
    if (x + length > width) throw new MalformedFile("a line is too long");
    const from = y * width + x;
    pixels.fill(colour, from, from + length);
    x += length;
  }
  // Some leave out the end of the last line.
  if (y < height && !(y === height - 1 && x === width)) throw new MalformedFile("lines are missing");
  return pixels;
}
