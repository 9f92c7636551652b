/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** Part of the screen, in CSS pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels on the screen that have the colour of yellow subtitles, which no test picture has, and where they are. */
export interface Yellow {
  readonly count: number;
  /** The smallest rectangle around them, in CSS pixels; without meaning where there are none. */
  readonly area: Area;
}

/** @param clip of the page; all that is on the screen without */
export async function yellowOn(page: Page, clip?: Area): Promise<Yellow> {
  const picture = (await page.screenshot({ scale: "css", ...(clip ? { clip } : {}) })).toString("base64");
  const found = await page.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let [count, left, top, right, bottom] = [0, Infinity, Infinity, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      const isNear = (i: number, value: number) => Math.abs(data[at + i]! - value) < 16;
      if (!isNear(0, 0xff) || !isNear(1, 0xe9) || !isNear(2, 0x5c)) continue;
      const [x, y] = [at / 4 % image.width, Math.floor(at / 4 / image.width)];
      count++;
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    }
    return { count, left, top, right, bottom };
  }, picture);
  const { count, left, top, right, bottom } = found;
  const [x, y] = [clip?.x ?? 0, clip?.y ?? 0];
  return { count, area: { x: x + left, y: y + top, width: right - left, height: bottom - top } };
}

/** The same, once it is as it is to be, or has had the time for it: a busy machine paints late. */
export async function yellowOnce(
  page: Page,
  isRight: (yellow: Yellow) => boolean,
  clip?: Area,
): Promise<Yellow> {
  const until = performance.now() + 30_000;
  for (;;) {
    const yellow = await yellowOn(page, clip);
    if (isRight(yellow) || performance.now() > until) return yellow;
  }
}
