import assert from "node:assert/strict";
import type { Cue } from "../../../../src/player/subtitles/cue.ts";
import { hasText } from "../../../../src/player/subtitles/embedded/matroska/head.ts";
import { MatroskaSubtitles } from "../../../../src/player/subtitles/embedded/matroska/matroska_subtitles.ts";
import { MatroskaScanner } from "../../../../src/player/subtitles/embedded/matroska/scanner.ts";
import { type EmbeddedTracks, MAX_LINE } from "../../../../src/player/subtitles/embedded/track.ts";
import { seeded } from "../../../support/seeded.ts";
import { bytes, el, endless, film, ID, line, simple, text, track, uint } from "./ebml.ts";

/** Of the picture: what looks like a Cluster in it is none. */
const PICTURE = bytes([0x1f, 0x43, 0xb6, 0x75, 0x80, 1, 2, 3], new Uint8Array(400).fill(0x1f));

function cluster(time: number, ...content: Uint8Array[]): Uint8Array {
  return el(ID.Cluster, el(ID.Timestamp, uint(time)), ...content);
}

const TRACKS = [track(1, "V_MPEG4/ISO/AVC"), track(3, "S_TEXT/UTF8")];

/** Of what stands before the Clusters. */
const HEAD = film(TRACKS).length;

const FILM = film(
  TRACKS,
  cluster(0, simple(1, 0, PICTURE), line(3, 500, 1_000, text("one")), simple(1, 40, PICTURE)),
  endless(ID.Cluster, el(ID.Timestamp, uint(5_000)), simple(1, 0, PICTURE), line(3, 10, 990, text("two"))),
  cluster(9_000, simple(1, 0, PICTURE), simple(3, 100, text("three")), simple(1, 40, PICTURE)),
);

const LINES: Cue[] = [
  { start: 0.5, end: 1.5, text: "one" },
  { start: 5.01, end: 6, text: "two" },
  { start: 9.1, end: 14.1, text: "three" },
];

/** What is found in pieces of a film, once each, by time. */
class Found {
  readonly lines = new Map<string, Cue & { track: number }>();
  readonly reads: [offset: number, length: number][] = [];
  readonly subtitles: MatroskaSubtitles;
  tracks: EmbeddedTracks | undefined;

  constructor(file: Uint8Array) {
    const read = (offset: number, length: number) => {
      this.reads.push([offset, length]);
      return Promise.resolve(file.subarray(offset, offset + length));
    };
    this.subtitles = new MatroskaSubtitles(file.length, read, {
      tracks: (found) => this.tracks = found,
      cues: (track, cues) => {
        for (const cue of cues) this.lines.set(JSON.stringify([track, cue]), { track, ...cue });
      },
      pictures: () => {},
    });
  }

  /** After all that was begun: lines are decompressed in their own time. */
  async cues(count: number): Promise<Cue[]> {
    for (let turn = 0; this.lines.size < count && turn < 200; turn++) {
      await new Promise((go) => setTimeout(go, 5));
    }
    return [...this.lines.values()].sort((a, b) => a.start - b.start)
      .map(({ start, end, text }) => ({ start, end, text }));
  }
}

function push(found: Found, file: Uint8Array, from: number, to: number): void {
  found.subtitles.push(from, file.subarray(from, to));
}

Deno.test("Matroska subtitles: lines are found in pieces of every size", async () => {
  for (const size of [1, 2, 3, 7, 64, 1_000, FILM.length]) {
    const found = new Found(FILM);
    for (let at = 0; at < FILM.length; at += size) push(found, FILM, at, at + size);
    assert.deepEqual(await found.cues(3), LINES, `pieces of ${size} bytes`);
  }
});

Deno.test("Matroska subtitles: lines are found in pieces of any order that overlap", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    const cuts = Array.from({ length: 6 }, () => HEAD + Math.floor(random() * (FILM.length - HEAD)));
    const places = [HEAD, ...cuts, FILM.length].sort((a, b) => a - b);
    const pieces = places.slice(1).map((end, i) =>
      [Math.max(0, places[i]! - Math.floor(random() * 90)), end] as const
    );
    const order = pieces.map((piece) => [random(), piece] as const).sort(([a], [b]) => a - b);
    const found = new Found(FILM);
    // The head is what everybody reads first.
    push(found, FILM, 0, HEAD + Math.floor(random() * 100));
    for (const [, [from, to]] of order) push(found, FILM, from, to);
    assert.deepEqual(await found.cues(3), LINES, `seed ${seed}`);
  }
});

Deno.test("Matroska subtitles: after a seek they are found from the next Cluster on", async () => {
  const found = new Found(FILM);
  push(found, FILM, 0, HEAD + 20);
  push(found, FILM, 700, FILM.length);
  assert.deepEqual(await found.cues(2), LINES.slice(1));
});

Deno.test("Matroska subtitles: tracks are told of as the file has them", () => {
  const language = (code: string) => el(ID.Language, text(code));
  const file = film([
    track(1, "A_AAC", language("fre"), el(ID.FlagDefault, [0])),
    track(2, "A_AAC", language("jpn")),
    track(3, "S_TEXT/UTF8", language("ger"), el(ID.Name, text("Kommentar")), el(ID.FlagForced, [1])),
    track(4, "S_TEXT/ASS", el(ID.LanguageBcp47, text("pt-BR")), language("por"), el(ID.FlagDefault, [0])),
    track(5, "S_HDMV/PGS"),
    track(6, "S_VOBSUB", language("und")),
    track(7, "D_WEBVTT/CAPTIONS", language("eng")),
  ]);
  const scanner = new MatroskaScanner(file.length);
  scanner.push(0, file);
  assert.equal(scanner.tracks?.audioLanguage, "ja");
  assert.deepEqual(
    scanner.tracks?.tracks.map((
      { id, format, language, name, forced, default: usual, captions },
    ) => [id, format, language, name, forced, usual, captions]),
    [
      [3, "srt", "de", "Kommentar", true, true, false],
      [4, "ass", "pt-BR", undefined, false, false, false],
      [5, "pgs", "en", undefined, false, true, false],
      [6, undefined, undefined, undefined, false, true, false],
      [7, "webm-vtt", "en", undefined, false, true, true],
    ],
  );
  assert.equal(hasText(file), true);
  assert.equal(hasText(film([track(1, "A_OPUS"), track(2, "S_HDMV/PGS")])), false);
});

Deno.test("Matroska subtitles: lines of each codec, compressed or without their beginning", async () => {
  const encoding = (...content: Uint8Array[]) => el(ID.ContentEncodings, el(ID.ContentEncoding, ...content));
  const deflated = async (data: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(
      await new Response(new Blob([data]).stream().pipeThrough(new CompressionStream("deflate")))
        .arrayBuffer(),
    );
  const stripped = el(
    ID.ContentCompression,
    el(ID.ContentCompAlgo, [3]),
    el(ID.ContentCompSettings, text("<i>")),
  );
  const file = film(
    [
      track(1, "S_TEXT/UTF8"),
      track(2, "S_TEXT/ASS"),
      track(3, "S_TEXT/WEBVTT"),
      track(4, "D_WEBVTT/SUBTITLES"),
      track(5, "S_TEXT/UTF8", encoding(el(ID.ContentCompression, el(ID.ContentCompAlgo, [0])))),
      track(6, "S_TEXT/UTF8", encoding(stripped)),
      track(7, "S_TEXT/UTF8", encoding(el(ID.ContentEncodingType, [1]))),
    ],
    cluster(
      0,
      line(1, 1_000, 100, text("{\\an8}<b>a</b><script>\r\nb")),
      line(2, 2_000, 100, text("0,0,Default,,0,0,0,,{\\i1}c{\\i0}, d\\Ne<img>")),
      line(3, 3_000, 100, text("<v Anna>f &amp; g")),
      line(4, 4_000, 100, text("id\nline:0\nh")),
      line(5, 5_000, 100, await deflated(text("packed"))),
      line(5, 5_500, 100, text("not packed at all")),
      line(5, 5_600, 100, await deflated(new Uint8Array(MAX_LINE + 1).fill(0x41))),
      line(6, 6_000, 100, text("leaning</i>")),
      line(7, 7_000, 100, text("secret")),
      // Laced, of a time without end, and empty.
      simple(1, 8_000, text("laced"), 0x02),
      line(1, 8_500, 0, text("never")),
      line(1, 9_000, 100, text("")),
      line(1, 9_500, 100, text("last")),
    ),
  );
  const found = new Found(file);
  push(found, file, 0, file.length);
  assert.deepEqual((await found.cues(7)).map(({ start, text }) => [start, text]), [
    [1, "<b>a</b>\nb"],
    [2, "<i>c</i>, d\ne&lt;img&gt;"],
    [3, "f &amp; g"],
    [4, "h"],
    [5, "packed"],
    [6, "<i>leaning</i>"],
    [9.5, "last"],
  ]);
});

/** Thirty Clusters of two seconds, one line in each; the tenth lasts long. Where they lie, with a Cues element. */
function longFilm(hasCues: boolean): { file: Uint8Array; clusters: number[] } {
  const parts: Uint8Array[] = [];
  const points: Uint8Array[] = [];
  const clusters: number[] = [];
  const info = el(ID.Info, el(ID.TimestampScale, uint(1_000_000)));
  let at = info.length + el(ID.Tracks, ...TRACKS).length;
  for (let i = 0; i < 30; i++) {
    const before = bytes(el(ID.Timestamp, uint(i * 2_000)), simple(1, 0, new Uint8Array(9_000).fill(0x16)));
    const part = el(ID.Cluster, before, line(3, 500, i === 10 ? 15_000 : 300, text(`line ${i}`)));
    const position = (number: number, more: Uint8Array[]) =>
      el(ID.CueTrackPositions, el(ID.CueTrack, [number]), el(ID.CueClusterPosition, uint(at)), ...more);
    points.push(el(ID.CuePoint, el(ID.CueTime, uint(i * 2_000)), position(1, [])));
    const more = [
      el(ID.CueRelativePosition, uint(before.length)),
      el(ID.CueDuration, uint(i === 10 ? 15_000 : 300)),
    ];
    if (hasCues) points.push(el(ID.CuePoint, el(ID.CueTime, uint(i * 2_000 + 500)), position(3, more)));
    clusters.push(at);
    parts.push(part);
    at += part.length;
  }
  const file = film(TRACKS, ...parts, el(ID.Cues, ...points));
  const segment = file.length - at - el(ID.Cues, ...points).length;
  return { file, clusters: clusters.map((position) => position + segment) };
}

Deno.test("Matroska subtitles: the line that began before the place sought is found by the Cues", async () => {
  const { file, clusters } = longFilm(true);
  const found = new Found(file);
  push(found, file, 0, 1_000);
  push(found, file, clusters[29]! + 5_000, file.length);
  push(found, file, clusters[16]!, clusters[18]!);
  await found.subtitles.want(3, 33);
  const lines = (await found.cues(3)).map(({ text }) => text);
  assert.deepEqual(lines, ["line 10", "line 16", "line 17"]);
  assert.ok(found.reads.length === 2 && found.reads.every(([, length]) => length < 10_000));
  // It is known from then on, and playing on is no jump.
  await found.subtitles.want(3, 33.5);
  await found.subtitles.want(3, 5);
  await found.subtitles.want(3, 33);
  assert.equal(found.reads.length, 2);
});

Deno.test("Matroska subtitles: without Cues of the track a piece before the place sought is read", async () => {
  const { file, clusters } = longFilm(false);
  const found = new Found(file);
  push(found, file, 0, 1_000);
  push(found, file, clusters[29]! + 5_000, file.length);
  push(found, file, clusters[16]!, clusters[18]!);
  await found.subtitles.want(3, 33);
  assert.ok((await found.cues(19)).some(({ text }) => text === "line 10"));
  assert.equal(found.reads.length, 1);
});

Deno.test("Matroska subtitles: a file that is cut off anywhere, or damaged, throws nothing", async () => {
  const { file } = longFilm(true);
  for (const whole of [FILM, file.subarray(-4_000)]) {
    for (let end = 0; end <= whole.length; end++) new MatroskaScanner(end).push(0, whole.subarray(0, end));
  }
  for (let seed = 1; seed <= 1_500; seed++) {
    const random = seeded(seed);
    const damaged = (seed % 10 === 0 ? file : FILM).slice();
    for (let n = 0; n < 1 + random() * 8; n++) {
      damaged[Math.floor(random() * Math.min(damaged.length, 2_500))] = random() * 256;
    }
    const found = new Found(damaged);
    const cut = Math.floor(random() * damaged.length);
    push(found, damaged, 0, cut);
    push(found, damaged, cut, damaged.length);
    await found.subtitles.want(3, random() * 60);
  }
});
