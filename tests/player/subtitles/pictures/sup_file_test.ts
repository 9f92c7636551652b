/** SUP files are read around what is shown, whatever their size, and whatever is in them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { dueAt, type PictureWindow } from "../../../../src/player/subtitles/pictures/display_set.ts";
import { pictureOf } from "../../../../src/player/subtitles/pictures/epoch.ts";
import { SupFile } from "../../../../src/player/subtitles/pictures/sup_file.ts";
import { parseSup } from "../../../../src/player/subtitles/pictures/sup_parser.ts";
import { seeded } from "../../../support/seeded.ts";
import { type SetSource, sup } from "../../support/sup.ts";

const HD = { width: 1_920, height: 1_080 };

/** Reads of a file, and what a {@link SupFile} tells of it. */
class Reader {
  readonly sup: SupFile;
  window: PictureWindow | undefined;
  reads = 0;
  bytes = 0;

  constructor(file: Uint8Array) {
    const read = (offset: number, length: number) => {
      this.reads++;
      const bytes = file.slice(offset, offset + length);
      this.bytes += bytes.length;
      return Promise.resolve(bytes);
    };
    this.sup = new SupFile(file.length, read, (window) => this.window = window);
  }

  /** Where the picture of a time is, in pixels from the left; undefined where there is none. */
  async at(time: number): Promise<number | undefined> {
    await this.sup.want(time);
    const { from, until, sets } = this.window!;
    assert.ok(from <= time && time < until, `${time} is not within ${from} to ${until}`);
    return pictureOf(sets.slice(0, dueAt(sets, time) + 1))?.images[0]?.x;
  }
}

const SMALL: SetSource[] = [
  { at: 1, rectangles: [{ x: 10, y: 0, width: 4, height: 4 }] },
  { at: 2, goesOn: true, rectangles: [{ x: 20, y: 0, width: 4, height: 4 }] },
  { at: 3 },
  { at: 10, rectangles: [{ x: 30, y: 0, width: 4, height: 4 }] },
  { at: 12 },
];

Deno.test("SUP files: each picture is shown from its time on until the next", async () => {
  const reader = new Reader(sup(HD, SMALL));
  for (
    const [time, x] of [[0, undefined], [1, 10], [1.99, 10], [2.5, 20], [3, undefined], [11, 30], [
      99,
      undefined,
    ]] as const
  ) {
    assert.equal(await reader.at(time), x, `at ${time} s`);
  }
  assert.equal(reader.reads, 1);
});

/** Two hours, a picture every 4 s, of some 9 kB: 16 MB. */
function makeLong(): Uint8Array {
  const rectangles = (i: number) =>
    Array.from({ length: 60 }, (_, line) => ({ x: i % 1_000, y: line * 20, width: 8, height: 20 }));
  return sup(
    HD,
    Array.from({ length: 1_800 }, (_, i): SetSource[] => [
      { at: i * 4, rectangles: rectangles(i) },
      { at: i * 4 + 0.5, goesOn: true, rectangles: rectangles(i + 1) },
      { at: i * 4 + 3 },
    ]).flat(),
  );
}

const LONG = makeLong();

Deno.test("SUP files: of a large one a small part is read, wherever it is shown", async () => {
  const file = LONG;
  assert.ok(file.length > 8e6, `${file.length} bytes`);
  const random = seeded(3);
  for (const time of [7_190.6, 0.2, 3_600.7, ...Array.from({ length: 12 }, () => random() * 7_190)]) {
    const reader = new Reader(file);
    const [i, rest] = [Math.floor(time / 4), time % 4];
    const expected = rest >= 3 ? undefined : (rest >= 0.5 ? i + 1 : i) % 1_000;
    assert.equal(await reader.at(time), expected, `at ${time} s`);
    assert.ok(reader.bytes < file.length / 2, `${reader.bytes} bytes for ${time} s`);
    const { reads } = reader;
    assert.equal(await reader.at(time + 0.01 < i * 4 + 4 ? time + 0.01 : time), await reader.at(time));
    assert.equal(reader.reads, reads, "it is known for a while");
  }
});

Deno.test("SUP files: playing on reads on", async () => {
  const reader = new Reader(LONG);
  for (let time = 0; time < 200; time += 0.25) {
    const [i, rest] = [Math.floor(time / 4), time % 4];
    assert.equal(await reader.at(time), rest >= 3 ? undefined : (rest >= 0.5 ? i + 1 : i) % 1_000);
  }
  assert.ok(reader.reads < 60, `${reader.reads} reads`);
});

Deno.test("SUP files: what is cut off, damaged or no such file throws nothing and ends", async () => {
  const file = sup(HD, SMALL);
  const broken = fc.oneof(
    fc.nat(file.length).map((end) => file.slice(0, end)),
    fc.nat(file.length).map((begin) => file.slice(begin)),
    fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map(
      (changes) => {
        const bytes = file.slice();
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      },
    ),
    fc.uint8Array({ maxLength: 2_000 }),
  );
  await fc.assert(
    fc.asyncProperty(broken, fc.integer({ min: 0, max: 20 }), async (bytes, time) => {
      const reader = new Reader(bytes);
      await reader.sup.want(time);
      pictureOf(reader.window?.sets ?? []);
      parseSup(bytes);
    }),
    { seed: 5, numRuns: 1_000 },
  );
  // What looks like the beginning of something, and goes on for ever.
  for (const [pattern, size] of [["PG", 9_000_000], ["P", 2_000_000]] as const) {
    const endless = new Uint8Array(size).map((_, i) => pattern.charCodeAt(i % pattern.length));
    const reader = new Reader(endless);
    await reader.sup.want(5);
    assert.ok(reader.bytes <= 24 << 20, `${reader.bytes} bytes`);
  }
  const begun = new Uint8Array(5_000_000);
  const set = sup(HD, SMALL.slice(0, 1));
  for (let at = 0; at + set.length < begun.length; at += set.length - 13) begun.set(set.subarray(0, -13), at);
  const reader = new Reader(begun);
  await reader.sup.want(1);
  assert.deepEqual(reader.window?.sets, []);
});

Deno.test("SUP files: what could not be read is read at the next time", async () => {
  const file = sup(HD, SMALL);
  let fails = true;
  const told: number[] = [];
  const read = (offset: number, length: number) =>
    fails
      ? Promise.reject(new Error("the connection broke"))
      : Promise.resolve(file.slice(offset, offset + length));
  const reader = new SupFile(file.length, read, ({ sets }) => told.push(sets.length));
  await reader.want(1);
  assert.deepEqual(told, []);
  fails = false;
  await reader.want(1);
  assert.equal(told[0], 5);
});
