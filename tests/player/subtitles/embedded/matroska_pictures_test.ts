/** The pictures of a Matroska film's subtitles are fetched around what is shown, whatever lies in the file. */
import assert from "node:assert/strict";
import { MatroskaSubtitles } from "../../../../src/player/subtitles/embedded/matroska/matroska_subtitles.ts";
import { dueAt, type PictureWindow } from "../../../../src/player/subtitles/pictures/display_set.ts";
import { pictureOf } from "../../../../src/player/subtitles/pictures/epoch.ts";
import { seeded } from "../../../support/seeded.ts";
import { makePictured } from "../../support/pictured.ts";
import { ignoreFfmpeg } from "../../support/requirements.ts";
import { displaySet, type SetSource } from "../../support/sup.ts";
import { TempDir } from "../../../support/temp_dir.ts";
import { bytes, el, film, ID, line, simple, track, uint } from "./ebml.ts";

const HD = { width: 1_920, height: 1_080 };

/** What is read of a film, and what is told of its pictures. */
class Found {
  readonly subtitles: MatroskaSubtitles;
  readonly windows = new Map<number, PictureWindow>();
  readonly reads: number[] = [];
  #told = 0;

  constructor(readonly file: Uint8Array) {
    const read = (offset: number, length: number) => {
      if (offset >= file.length) return Promise.reject(new Error("the file ends before this place"));
      this.reads.push(length);
      return Promise.resolve(file.slice(offset, offset + length));
    };
    this.subtitles = new MatroskaSubtitles(file.length, read, {
      tracks: () => {},
      cues: () => {},
      pictures: (track, window) => {
        this.windows.set(track, window);
        this.#told++;
      },
    });
  }

  push(from: number, to: number): void {
    this.subtitles.push(from, this.file.subarray(from, to));
  }

  /** Where the picture of a time is, from the left; undefined where there is none. */
  async at(track: number, time: number): Promise<number | undefined> {
    for (let told = -1; told !== this.#told;) {
      told = this.#told;
      await this.subtitles.want(track, time);
    }
    const window = this.windows.get(track);
    if (window === undefined || time < window.from || time >= window.until) return undefined;
    return pictureOf(window.sets.slice(0, dueAt(window.sets, time) + 1))?.images[0]?.x;
  }
}

const square = (x: number, size = 4) => [{ x, y: 0, width: size, height: size }];

function set(source: Omit<SetSource, "at">): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(displaySet(HD, { at: 0, ...source }));
}

async function deflated(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([data]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const encoding = (...content: Uint8Array[]) =>
  el(ID.ContentEncodings, el(ID.ContentEncoding, el(ID.ContentCompression, ...content)));

const ZLIB = encoding(el(ID.ContentCompAlgo, [0]));
/** All display sets begin with a presentation composition segment. */
const STRIPPED = encoding(el(ID.ContentCompAlgo, [3]), el(ID.ContentCompSettings, [0x16]));

/** Three tracks with the same pictures, packed in three ways; a clear one follows each. */
async function packedFilm(): Promise<Uint8Array> {
  const first = set({ rectangles: square(10) });
  const [goesOn, clear] = [set({ rectangles: square(20), goesOn: true }), set({})];
  const blocks = async (time: number, payload: Uint8Array<ArrayBuffer>) => [
    line(2, time, 100, payload),
    simple(3, time, await deflated(payload)),
    line(4, time, 100, payload.slice(1)),
  ];
  return film(
    [
      track(1, "V_MPEG4/ISO/AVC"),
      track(2, "S_HDMV/PGS"),
      track(3, "S_HDMV/PGS", ZLIB),
      track(4, "S_HDMV/PGS", STRIPPED),
    ],
    el(
      ID.Cluster,
      el(ID.Timestamp, uint(0)),
      simple(1, 0, new Uint8Array(300)),
      ...await blocks(1_000, first),
    ),
    el(
      ID.Cluster,
      el(ID.Timestamp, uint(5_000)),
      ...await blocks(0, goesOn),
      simple(1, 40, new Uint8Array(300)),
      ...await blocks(2_000, clear),
    ),
  );
}

Deno.test("Matroska pictures: they are found in pieces of every size, packed or not", async () => {
  const file = await packedFilm();
  for (const size of [1, 2, 3, 7, 64, file.length]) {
    const found = new Found(file);
    for (let at = 0; at < file.length; at += size) found.push(at, at + size);
    for (const track of [2, 3, 4]) {
      for (const [time, x] of [[0.5, undefined], [3, 10], [6, 20], [8, undefined]] as const) {
        assert.equal(await found.at(track, time), x, `track ${track} at ${time} s, pieces of ${size} bytes`);
      }
    }
  }
});

Deno.test("Matroska pictures: those that come while a place is shown are told of", async () => {
  const file = await packedFilm();
  const found = new Found(file);
  found.push(0, 400);
  assert.equal(await found.at(2, 6), undefined);
  found.push(400, file.length);
  // Nobody asks again: the film is paused.
  for (let turn = 0; turn < 200 && found.windows.get(2)?.sets.length !== 3; turn++) {
    await new Promise((go) => setTimeout(go, 5));
  }
  assert.equal(found.windows.get(2)?.sets.length, 3);
});

/** Twenty minutes: a picture every 10 s, which the next one 2 s later builds on, and none 5 s after that. */
function longFilm(): { file: Uint8Array; head: number; clusters: number[] } {
  const parts: Uint8Array[] = [];
  const points: Uint8Array[] = [];
  const clusters: number[] = [];
  const tracks = [track(1, "V_MPEG4/ISO/AVC"), track(3, "S_HDMV/PGS")];
  const head = film(tracks).length;
  const info = el(ID.Info, el(ID.TimestampScale, uint(1_000_000)));
  const begin = info.length + el(ID.Tracks, ...tracks).length;
  let at = begin;
  for (let i = 0; i < 120; i++) {
    // Each seventh is larger than what is read at first.
    const sets: [number, Uint8Array][] = [
      [0, set({ rectangles: square(i, i % 7 === 0 ? 250 : 4), goesOn: false })],
      [2_000, set({ rectangles: square(i + 1_000), goesOn: true })],
      [5_000, set({})],
    ];
    if (i % 7 === 0) sets[0]![1] = noisy(i);
    let content = bytes(el(ID.Timestamp, uint(i * 10_000)), simple(1, 0, new Uint8Array(2_000)));
    for (const [offset, payload] of sets) {
      const more = [el(ID.CueRelativePosition, uint(content.length)), el(ID.CueDuration, uint(2_000))];
      const position = el(
        ID.CueTrackPositions,
        ...[el(ID.CueTrack, [3]), el(ID.CueClusterPosition, uint(at)), ...more],
      );
      points.push(el(ID.CuePoint, el(ID.CueTime, uint(i * 10_000 + offset)), position));
      content = bytes(content, line(3, offset, 2_000, payload));
    }
    clusters.push(at - begin + head);
    const cluster = el(ID.Cluster, content);
    parts.push(cluster);
    at += cluster.length;
  }
  return {
    file: film(tracks, ...parts, el(ID.Cues, ...points)),
    head,
    clusters: [...clusters, at - begin + head],
  };
}

/** A picture that no run makes small: of 60 kB, and with as small a one at its beginning. */
function noisy(x: number): Uint8Array<ArrayBuffer> {
  const rectangles = [
    ...square(x),
    ...Array.from({ length: 50 }, () => ({ x: 0, y: 0, width: 2, height: 400 })),
  ];
  return set({ rectangles });
}

const LONG = longFilm();

Deno.test("Matroska pictures: after a jump they are found by the Cues, with what they build on", async () => {
  const { file, head, clusters } = LONG;
  const found = new Found(file);
  found.push(0, head);
  found.push(clusters.at(-1)!, file.length);
  for (const i of [110, 3, 60, 59, 63, 64, 0, 119]) {
    found.reads.length = 0;
    assert.equal(await found.at(3, i * 10 + 1), i, "at its beginning");
    assert.equal(await found.at(3, i * 10 + 3), i + 1_000, "on what was before");
    assert.equal(await found.at(3, i * 10 + 7), undefined, "cleared");
    // What comes within half a minute is there, too.
    assert.ok(found.reads.length <= 40, `${found.reads.length} reads`);
  }
  const { sets } = found.windows.get(3)!;
  assert.ok(sets.length < 40, `${sets.length} sets are held`);
});

Deno.test({
  name: "Matroska pictures: those of a film that ffmpeg made are found by its Cues alone, and as it is read",
  ignore: ignoreFfmpeg,
  async fn() {
    await using share = await TempDir.make();
    const sets = [
      { at: 0 },
      { at: 2, rectangles: square(10) },
      { at: 4, rectangles: square(20), goesOn: true },
      { at: 6 },
      { at: 20, rectangles: square(30) },
    ];
    await makePictured(`${share.path}/film.mkv`, [{ sets, frame: HD, language: "eng" }]);
    const file = await Deno.readFile(`${share.path}/film.mkv`);
    for (const isWhole of [true, false]) {
      const found = new Found(file);
      // The tracks are at the beginning, the Cues at the end.
      if (isWhole) found.push(0, file.length);
      else {
        found.push(0, 3_000);
        found.push(file.length - 4_000, file.length);
      }
      for (const [time, x] of [[23, 30], [5, 20], [3, 10], [1, undefined], [7, undefined]] as const) {
        assert.equal(await found.at(3, time), x, `at ${time} s, ${isWhole ? "read" : "by the Cues"}`);
      }
    }
  },
});

Deno.test("Matroska pictures: what is wrong in a file is not shown, and ends", async () => {
  const { file, head, clusters } = LONG;
  const damageable = [...clusters.slice(0, 4), clusters.at(-1)!];
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    const damaged = file.slice();
    for (let n = 0; n < 1 + random() * 8; n++) {
      const from = damageable[Math.floor(random() * damageable.length)]!;
      damaged[Math.min(file.length - 1, from + Math.floor(random() * 6_000))] = random() * 256;
    }
    const found = new Found(damaged);
    found.push(0, head);
    found.push(clusters.at(-1)!, file.length);
    found.push(head, clusters[2]!);
    await found.at(3, random() * 40);
  }
  // Cues that lead out of the file, or to another track.
  const astray = film(
    [track(1, "V_MPEG4/ISO/AVC"), track(3, "S_HDMV/PGS")],
    el(
      ID.Cues,
      ...[1e9, 0].map((cluster, i) =>
        el(
          ID.CuePoint,
          el(ID.CueTime, uint(i * 1_000)),
          el(
            ID.CueTrackPositions,
            ...[
              el(ID.CueTrack, [3]),
              el(ID.CueClusterPosition, uint(cluster)),
              el(ID.CueRelativePosition, [0]),
            ],
          ),
        )
      ),
    ),
  );
  const found = new Found(astray);
  found.push(0, astray.length);
  assert.equal(await found.at(3, 1.5), undefined);
  assert.deepEqual(found.windows.get(3)?.sets, []);
});
