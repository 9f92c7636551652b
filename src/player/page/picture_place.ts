/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Place extends Size {
  readonly left: number;
  readonly top: number;
}

/** Lines of films whose pixels are not square: on DVDs and on television of their time. */
const STANDARD_DEFINITION = 576;

/**
 * Where picture subtitles belong in the box of a film's element, which shows the film as large as it fits.
 *
 * @param film as it is shown
 * @param made for a film of this size: with bars, where those of the film at hand were cut off
 */
export function picturePlace(box: Size, film: Size, made: Size): Place {
  const shown = scaled(film, Math.min(box.width / film.width, box.height / film.height));
  const centred = (size: Size): Place => ({
    left: (box.width - size.width) / 2,
    top: (box.height - size.height) / 2,
    ...size,
  });
  if (made.height <= STANDARD_DEFINITION) return centred(shown);
  const covering = Math.max(shown.width / made.width, shown.height / made.height);
  // Lines in what was cut off are better a little smaller than not seen.
  return centred(scaled(made, Math.min(covering, box.width / made.width, box.height / made.height)));
}

function scaled({ width, height }: Size, by: number): Size {
  return { width: width * by, height: height * by };
}
