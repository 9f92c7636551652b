/** Colours by their index, as bytes red, green, blue and opacity; what is not set is not seen. */
export type Palette = Uint8ClampedArray<ArrayBuffer>;

export function emptyPalette(): Palette {
  return new Uint8ClampedArray(256 * 4);
}

/** Weights of red and blue in brightness: ITU-R BT.601 and BT.709, 3.2. */
const BT601 = { red: 0.299, blue: 0.114 };
const BT709 = { red: 0.2126, blue: 0.0722 };

/** Lines of the largest picture that has the colours of BT.601. */
const STANDARD_DEFINITION = 576;

/**
 * Sets some colours.
 *
 * @param entries index, Y, Cr, Cb and opacity of each, in narrow range (black is 16, white 235)
 * @param height of the film that they were made for, in pixels: it tells how they are meant
 */
export function setColours(palette: Palette, entries: Uint8Array, height: number): void {
  const { red, blue } = height > STANDARD_DEFINITION ? BT709 : BT601;
  for (let at = 0; at + 5 <= entries.length; at += 5) {
    const y = (entries[at + 1]! - 16) * 255 / 219;
    const cr = (entries[at + 2]! - 128) * 255 / 224;
    const cb = (entries[at + 3]! - 128) * 255 / 224;
    const r = y + 2 * (1 - red) * cr;
    const b = y + 2 * (1 - blue) * cb;
    const g = (y - red * r - blue * b) / (1 - red - blue);
    palette.set([r, g, b, entries[at + 4]!], entries[at]! * 4);
  }
}
