import assert from "node:assert/strict";
import type { Cue } from "../../../../src/player/subtitles/cue.ts";
import { Mp4Subtitles } from "../../../../src/player/subtitles/embedded/mp4/mp4_subtitles.ts";
import { readMovie } from "../../../../src/player/subtitles/embedded/mp4/movie.ts";
import { timedText, webvttTexts } from "../../../../src/player/subtitles/embedded/mp4/sample_text.ts";
import { type EmbeddedTracks, MalformedFile } from "../../../../src/player/subtitles/embedded/track.ts";
import { seeded, seededBytes } from "../../../support/seeded.ts";
import { bytes, text, uint } from "./ebml.ts";

function box(type: string, ...content: (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const data = bytes(...content);
  return bytes(uint(8 + data.length), text(type), data);
}

const zeros = (length: number) => new Uint8Array(length);

/** `deu` as fifteen bits. */
function packed(language: string): Uint8Array {
  return uint([...language].reduce((bits, letter) => bits << 5 | letter.charCodeAt(0) - 0x60, 0), 2);
}

interface Kind {
  readonly id: number;
  readonly handler: string;
  readonly codec: string;
  readonly language: string;
  readonly more?: readonly Uint8Array[];
}

/** A track whose samples last `deltas` thousandths of a second. */
function trak(
  { id, handler, codec, language, more = [] }: Kind,
  samples: readonly Uint8Array[],
  deltas: readonly number[],
  offsets: readonly number[],
): Uint8Array<ArrayBuffer> {
  const stbl = box(
    "stbl",
    box("stsd", uint(0), uint(1), box(codec, zeros(8), zeros(30))),
    box("stts", uint(0), uint(deltas.length), ...deltas.flatMap((delta) => [uint(1), uint(delta)])),
    box("stsz", uint(0), uint(0), uint(samples.length), ...samples.map(({ length }) => uint(length))),
    box("stsc", uint(0), uint(1), uint(1), uint(1), uint(1)),
    box("stco", uint(0), uint(offsets.length), ...offsets.map((offset) => uint(offset))),
  );
  return box(
    "trak",
    box("tkhd", [0, 0, 0, 1], zeros(8), uint(id), zeros(68)),
    ...more,
    box(
      "mdia",
      box("mdhd", zeros(12), uint(1_000), uint(0), packed(language), zeros(2)),
      box("hdlr", zeros(8), text(handler), zeros(13)),
      box("minf", stbl),
    ),
  );
}

const tx3g = (line: string, ...boxes: Uint8Array[]) =>
  bytes(uint(text(line).length, 2), text(line), ...boxes);
const style = (from: number, to: number, face: number) =>
  box("styl", uint(1, 2), uint(from, 2), uint(to, 2), uint(1, 2), [face], [18], uint(0xffffffff));

/** Two seconds of nothing, then three lines; and one more track of WebVTT, later by its edit list. */
function film(order: "moov last" | "moov first"): Uint8Array {
  const lines = [tx3g(""), tx3g("ein <b>", style(0, 3, 3)), tx3g("zwei"), tx3g("drei")];
  const cues = [box("vttc", box("payl", text("<i>un</i>")), box("sttg", text("line:0"))), box("vtte")];
  const head = box("ftyp", text("isom"), zeros(4));
  const build = (offset: number) => {
    const places = (samples: readonly Uint8Array[], from: number) =>
      samples.map((_, i) => from + samples.slice(0, i).reduce((sum, { length }) => sum + length, 0));
    const own = offset + 1_000;
    const second = own + bytes(...lines).length;
    const edits = box(
      "edts",
      box(
        "elst",
        uint(0),
        uint(2),
        uint(500),
        uint(0xffffffff),
        uint(0x10000),
        uint(9_000),
        uint(200),
        uint(0x10000),
      ),
    );
    return box(
      "moov",
      box("mvhd", zeros(12), uint(1_000), zeros(84)),
      trak(
        { id: 1, handler: "vide", codec: "avc1", language: "und", more: [box("tref", box("chap", uint(5)))] },
        [],
        [],
        [],
      ),
      trak({ id: 2, handler: "soun", codec: "mp4a", language: "fra" }, [], [], []),
      trak(
        { id: 3, handler: "sbtl", codec: "tx3g", language: "deu" },
        lines,
        [2_000, 1_000, 1_000, 1_000],
        places(lines, own),
      ),
      trak(
        { id: 4, handler: "text", codec: "wvtt", language: "spa", more: [edits] },
        cues,
        [1_000, 1_000],
        places(cues, second),
      ),
      trak(
        { id: 5, handler: "text", codec: "text", language: "und" },
        lines,
        [1, 1, 1, 1],
        places(lines, own),
      ),
      trak(
        { id: 6, handler: "clcp", codec: "c608", language: "eng" },
        lines,
        [1, 1, 1, 1],
        places(lines, own),
      ),
      trak({ id: 7, handler: "sbtl", codec: "tx3g", language: "und" }, [], [], []),
    );
  };
  const media = box("mdat", zeros(992), ...lines, ...cues);
  return order === "moov first"
    ? bytes(head, build(head.length + build(0).length), media)
    : bytes(head, media, build(head.length));
}

async function opened(file: Uint8Array) {
  const reads: [offset: number, length: number][] = [];
  const cues: (Cue & { track: number })[] = [];
  let subtitles!: Mp4Subtitles;
  const tracks = await new Promise<EmbeddedTracks>((tracks) => {
    const read = (offset: number, length: number) => {
      reads.push([offset, length]);
      return Promise.resolve(file.subarray(offset, offset + length));
    };
    subtitles = new Mp4Subtitles(file.length, read, {
      tracks,
      cues: (track, found) => cues.push(...found.map((cue) => ({ track, ...cue }))),
      pictures: () => {},
    });
  });
  return { subtitles, tracks, reads, cues };
}

for (const order of ["moov first", "moov last"] as const) {
  Deno.test(`MP4 subtitles: tracks and lines, ${order}`, async () => {
    const { subtitles, tracks, reads, cues } = await opened(film(order));
    assert.equal(tracks.audioLanguage, "fr");
    assert.deepEqual(tracks.tracks.map(({ id, format, codec, language }) => [id, format, codec, language]), [
      [3, "tx3g", "tx3g", "de"],
      [4, "wvtt", "wvtt", "es"],
      [6, undefined, "c608", "en"],
      // In fragments, or empty.
      [7, undefined, "tx3g", undefined],
    ]);
    const before = reads.length;
    await subtitles.want(3, 0);
    assert.deepEqual(cues.splice(0), [
      { track: 3, start: 2, end: 3, text: "<b><i>ein</i></b> &lt;b&gt;" },
      { track: 3, start: 3, end: 4, text: "zwei" },
      { track: 3, start: 4, end: 5, text: "drei" },
    ]);
    // They lie side by side.
    assert.equal(reads.length - before, 1);
    await subtitles.want(4, 0);
    // Half a second of nothing, and what comes before 0.2 s of the track is cut off.
    assert.deepEqual(cues, [{ track: 4, start: 0.3, end: 1.3, text: "<i>un</i>" }]);
    await subtitles.want(3, 4);
    await subtitles.want(6, 0);
    assert.equal(reads.length - before, 2);
  });
}

Deno.test("MP4 subtitles: samples of text", () => {
  assert.equal(timedText(bytes([0, 6, 0xfe, 0xff, 0x04, 0x16, 0, 0x21])), "Ж!");
  assert.equal(timedText(tx3g("a\r\nb", style(0, 0xffff, 4))), "<u>a\nb</u>");
  assert.equal(timedText(tx3g("<script>x</script>")), "&lt;script&gt;x&lt;/script&gt;");
  assert.equal(timedText(tx3g("")), "");
  assert.deepEqual(
    webvttTexts(bytes(box("vttc", box("payl", text("a"))), box("vttc", box("payl", text("b"))))),
    ["a", "b"],
  );
  assert.throws(() => timedText(bytes([1])), MalformedFile);
  assert.throws(() => webvttTexts(bytes(uint(3), text("vttc"))), MalformedFile);
});

Deno.test("MP4 subtitles: a file that is cut off anywhere, or damaged, ends in a MalformedFile", async () => {
  const file = film("moov first");
  const tried = async (damaged: Uint8Array) => {
    const read = (offset: number, length: number) =>
      Promise.resolve(damaged.subarray(offset, offset + length));
    await readMovie(read, damaged.length).catch((error) =>
      assert.ok(error instanceof MalformedFile, String(error))
    );
    const { subtitles, tracks } = await opened(damaged);
    for (const { id } of tracks.tracks) await subtitles.want(id, 1);
  };
  for (let end = 0; end < file.length; end++) await tried(file.subarray(0, end));
  for (let seed = 1; seed <= 1_500; seed++) {
    const random = seeded(seed);
    const damaged = file.slice();
    for (let n = 0; n < 1 + random() * 6; n++) {
      damaged[Math.floor(random() * 2_300)] = random() < 0.3 ? 0xff : random() * 256;
    }
    await tried(damaged);
    const sample = seededBytes(random, Math.floor(random() * 64));
    for (const parse of [timedText, webvttTexts]) {
      try {
        parse(sample);
      } catch (error) {
        assert.ok(error instanceof MalformedFile, String(error));
      }
    }
  }
});
