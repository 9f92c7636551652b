/** Picture subtitles are decoded as they were made, and whatever else is in them breaks nothing. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { DisplaySet } from "../../../../src/player/subtitles/pictures/display_set.ts";
import { MAX_PIXELS, pictureOf } from "../../../../src/player/subtitles/pictures/epoch.ts";
import { emptyPalette, setColours } from "../../../../src/player/subtitles/pictures/palette.ts";
import { decodeRuns } from "../../../../src/player/subtitles/pictures/run_length.ts";
import {
  composition,
  displaySet,
  encodeRuns,
  object,
  palette,
  SEGMENT,
  segment,
  YELLOW,
  YELLOW_SD,
} from "../../support/sup.ts";

const HD = { width: 1_920, height: 1_080 };

function set(...segments: readonly number[][]): DisplaySet {
  return { start: 0, bytes: Uint8Array.from([...segments.flat(), ...segment(SEGMENT.end, [])]) };
}

const SQUARE = encodeRuns(new Uint8Array(4).fill(1), 2);

Deno.test("picture subtitles: runs of all lengths and colours come out as they went in", () => {
  const images = fc.integer({ min: 1, max: 300 }).chain((width) =>
    fc.tuple(
      fc.constant(width),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 300 })), {
        minLength: 1,
      }),
    )
  );
  fc.assert(
    fc.property(images, ([width, runs]) => {
      const colours = runs.flatMap(([colour, length]) => new Array<number>(length).fill(colour));
      const pixels = Uint8Array.from(
        colours.slice(0, Math.max(width, colours.length - colours.length % width)),
      );
      const whole = new Uint8Array(Math.ceil(pixels.length / width) * width);
      whole.set(pixels);
      const coded = Uint8Array.from(encodeRuns(whole, width));
      assert.deepEqual(decodeRuns(coded, width, whole.length / width), whole);
    }),
    { seed: 7, numRuns: 200 },
  );
});

Deno.test("picture subtitles: each form of a run, by its bytes", () => {
  const line = [7, 0, 3, 0, 0x40, 70, 0, 0x83, 9, 0, 0xc0, 80, 5, 0, 0];
  const pixels = decodeRuns(Uint8Array.from(line), 157, 1);
  const expected = [
    7,
    ...new Array(3).fill(0),
    ...new Array(70).fill(0),
    ...new Array(3).fill(9),
    ...new Array(80).fill(5),
  ];
  assert.deepEqual([...pixels], expected);
});

Deno.test("picture subtitles: runs that are not of the object's size are refused", () => {
  const broken: [string, number[]][] = [
    ["a line too long", [1, 1, 1, 0, 0, 1, 1, 0, 0]],
    ["a line too short", [1, 0, 0, 1, 1, 0, 0]],
    ["a run past the line", [0, 0x83, 1, 0, 0, 1, 1, 0, 0]],
    ["too few lines", [1, 1, 0, 0]],
    ["an end within a run", [1, 1, 0, 0, 0, 0xc0, 2]],
    ["nothing", []],
  ];
  for (const [what, data] of broken) {
    assert.throws(() => decodeRuns(Uint8Array.from(data), 2, 2), { name: "MalformedFile" }, what);
  }
  // The end of the last line may be missing, and more may follow.
  for (const more of [[], [0, 0, 9, 9, 0]]) {
    const data = Uint8Array.from([1, 1, 0, 0, 2, 2, ...more]);
    assert.deepEqual([...decodeRuns(data, 2, 2)], [1, 1, 2, 2]);
  }
});

Deno.test("picture subtitles: colours are those of BT.709, and of BT.601 for films of old", () => {
  for (const [entries, height] of [[YELLOW, 1_080], [YELLOW_SD, 576]] as const) {
    const colours = emptyPalette();
    setColours(colours, Uint8Array.from([...entries, 3, 16, 128, 128, 64]), height);
    const near = [255, 233, 92, 255];
    near.forEach((value, i) =>
      assert.ok(Math.abs(colours[4 + i]! - value) <= 3, `${colours.subarray(4, 8)}`)
    );
    assert.deepEqual([...colours.subarray(8, 16)], [255, 255, 255, 255, 0, 0, 0, 64]);
    assert.deepEqual([...colours.subarray(0, 4)], [0, 0, 0, 0]);
  }
});

Deno.test("picture subtitles: a set is seen at its place, with what it builds on, until it is cleared", () => {
  const first = {
    start: 1,
    bytes: displaySet(HD, { at: 1, rectangles: [{ x: 5, y: 6, width: 3, height: 2 }] }),
  };
  const picture = pictureOf([first])!;
  assert.deepEqual([picture.width, picture.height], [1_920, 1_080]);
  const { pixels, ...place } = picture.images[0]!;
  assert.deepEqual(place, { x: 5, y: 6, width: 3, height: 2 });
  assert.equal(pixels.length, 3 * 2 * 4);
  assert.equal(pixels[3], 255);
  const moved = {
    start: 2,
    bytes: displaySet(HD, { at: 2, goesOn: true, rectangles: [{ x: 9, y: 9, width: 3, height: 2 }] }),
  };
  assert.equal(pictureOf([first, moved])?.images[0]?.x, 9);
  assert.equal(pictureOf([moved]), undefined, "without what it builds on");
  const cleared = { start: 3, bytes: displaySet(HD, { at: 3 }) };
  assert.equal(pictureOf([first, cleared]), undefined);
  // A palette alone changes how it is seen.
  const faded = set(composition(HD, 0, [[0, 5, 6]]), palette([1, 16, 128, 128, 7]));
  assert.deepEqual([...pictureOf([first, faded])!.images[0]!.pixels.subarray(0, 4)], [0, 0, 0, 7]);
  // A new epoch knows nothing of the one before.
  assert.equal(pictureOf([first, set(composition(HD, 0x80, [[0, 5, 6]]))]), undefined);
});

Deno.test("picture subtitles: an object in several segments, and a part of one", () => {
  const runs = encodeRuns(Uint8Array.from([1, 2, 1, 2, 2, 1, 1, 1, 2]), 3);
  const head = [0, 0, 0, 0x80, 0, 0, runs.length + 4, 0, 3, 0, 3];
  const parts = [
    segment(SEGMENT.object, [...head, ...runs.slice(0, 5)]),
    segment(SEGMENT.object, [0, 0, 0, 0x40, ...runs.slice(5)]),
  ];
  const whole = pictureOf([set(composition(HD, 0x80, [[0, 1, 1]]), palette(), ...parts)]);
  assert.equal(whole?.images[0]?.pixels.length, 9 * 4);
  const cropped = composition(HD, 0x80, [[0, 1, 1]]);
  cropped[2]! += 8;
  cropped[3 + 14] = 0x80;
  cropped.push(0, 1, 0, 1, 0, 9, 0, 1);
  const part = pictureOf([set(cropped, palette(), ...parts)])?.images[0];
  assert.deepEqual([part?.width, part?.height], [2, 1]);
  assert.deepEqual(part?.pixels.subarray(0, 4), whole?.images[0]?.pixels.subarray(16, 20));
});

Deno.test("picture subtitles: what is too large or too many is not shown", () => {
  const huge = object(0, 0xffff, 0xffff, [0, 0]);
  assert.equal(pictureOf([set(composition(HD, 0x80, [[0, 0, 0]]), palette(), huge)]), undefined);
  const giant = { width: 0xffff, height: 0xffff };
  assert.equal(
    pictureOf([set(composition(giant, 0x80, [[0, 0, 0]]), palette(), object(0, 2, 2, SQUARE))]),
    undefined,
  );
  const many = Array.from({ length: 65 }, (_, id) => object(id, 2, 2, SQUARE));
  assert.equal(pictureOf([set(composition(HD, 0x80, [[0, 0, 0]]), palette(), ...many)]), undefined);
  assert.ok(
    pictureOf([set(composition(HD, 0x80, [[0, 0, 0]]), palette(), ...many.slice(1), many[0]!)]) === undefined,
  );
  assert.ok(
    pictureOf([set(composition(HD, 0x80, [[0, 0, 0]]), palette(), ...many.slice(0, 64))]) !== undefined,
  );
  // The same one a hundred times takes the room of a few.
  const [width, height] = [3_840, 1_000];
  const large = object(0, width, height, encodeRuns(new Uint8Array(width * height).fill(1), width));
  const places = Array.from({ length: 100 }, () => [0, 0, 0] as const);
  const images = pictureOf([set(composition(HD, 0x80, places), palette(), large)])!.images;
  assert.ok(images.reduce((sum, { width, height }) => sum + width * height, 0) <= MAX_PIXELS);
  assert.equal(images.length, 2);
});

Deno.test("picture subtitles: bytes of any kind throw nothing and end", () => {
  const whole = displaySet(HD, { at: 0, rectangles: [{ x: 5, y: 6, width: 30, height: 20 }] });
  const damaged = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    .map(
      (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      },
    );
  const cut = fc.nat(whole.length).map((end) => whole.subarray(0, end));
  const any = fc.uint8Array({ maxLength: 300 });
  const sets = fc.array(fc.oneof(damaged, cut, any, fc.constant(whole)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(sets, (list) => {
      const picture = pictureOf(list.map((bytes, start) => ({ start, bytes })));
      for (const { width, height, pixels } of picture?.images ?? []) {
        assert.equal(pixels.length, width * height * 4);
      }
    }),
    { seed: 11, numRuns: 2_000 },
  );
});
