import assert from "node:assert/strict";
import { picturePlace } from "../../src/player/page/picture_place.ts";

const HD = { width: 1_920, height: 1_080 };

Deno.test("place of pictures: over the film's picture, where that has their shape", () => {
  for (const film of [HD, { width: 1_280, height: 720 }]) {
    assert.deepEqual(picturePlace({ width: 960, height: 540 }, film, HD), {
      left: 0,
      top: 0,
      width: 960,
      height: 540,
    });
    // Bars above and below.
    assert.deepEqual(picturePlace({ width: 960, height: 740 }, film, HD), {
      left: 0,
      top: 100,
      width: 960,
      height: 540,
    });
    // Bars at the sides.
    assert.deepEqual(picturePlace({ width: 1_160, height: 540 }, film, HD), {
      left: 100,
      top: 0,
      width: 960,
      height: 540,
    });
  }
});

Deno.test("place of pictures: in what was cut off a film, as far as there is room", () => {
  const wide = { width: 1_920, height: 800 };
  // The element has the bars that the film lacks.
  assert.deepEqual(picturePlace({ width: 960, height: 540 }, wide, HD), {
    left: 0,
    top: 0,
    width: 960,
    height: 540,
  });
  const screen = { width: 960, height: 460 };
  const { left, top, width, height } = picturePlace(screen, wide, HD);
  assert.equal(top, 0);
  assert.equal(height, 460);
  assert.ok(Math.abs(width / height - 16 / 9) < 1e-9);
  assert.ok(Math.abs(left * 2 + width - screen.width) < 1e-9);
  const tall = picturePlace({ width: 960, height: 540 }, { width: 1_440, height: 1_080 }, HD);
  assert.deepEqual(tall, { left: 0, top: 0, width: 960, height: 540 });
});

Deno.test("place of pictures: those of standard definition are as wide as the film", () => {
  const box = { width: 1_024, height: 676 };
  const place = picturePlace(box, { width: 1_024, height: 576 }, { width: 720, height: 576 });
  assert.deepEqual(place, { left: 0, top: 50, width: 1_024, height: 576 });
});
