import assert from "node:assert/strict";
import { assText } from "../../../src/player/subtitles/ass.ts";
import { subtitlesBeside } from "../../../src/player/subtitles/beside.ts";
import { cueText } from "../../../src/player/subtitles/cue.ts";
import { guessEncoding } from "../../../src/player/subtitles/decode_text.ts";
import { parseSubtitles } from "../../../src/player/subtitles/parse.ts";
import { seeded, seededBytes } from "../../support/seeded.ts";

Deno.test("subtitles: SubRip as it is found", () => {
  const source =
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500 X1:10 X2:20\r\n<i>One</i> & <font color=red>two</font>\r\n\r\n" +
    "2\r\n0:1:2.5 --> 00:01:04,25\r\n{\\an8}Top\r\n\r\nand below\r\n\r\n" +
    "00:00:00,100 --> 00:00:00,900\r\nfirst by time\r\n3\r\n" +
    "00:00:09,000 --> 00:00:08,000\r\nends before it begins\r\n\r\nno times at all";
  assert.deepEqual(parseSubtitles(source), [
    { start: 0.1, end: 0.9, text: "first by time" },
    { start: 1, end: 2.5, text: "<i>One</i> &amp; two" },
    { start: 62.5, end: 64.25, text: "Top\n\nand below" },
  ]);
});

Deno.test("subtitles: WebVTT", () => {
  const source =
    "WEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\nNOTE\n00:00.000 --> 00:01.000 in a note\n\n" +
    "intro\n00:01.000 --> 00:02.000 line:0 align:start\n<v Anna>Hello <b>there</b> &lt;you&gt;\n\n" +
    "01:00:00.500 --> 01:00:01.000\nlate\n";
  assert.deepEqual(parseSubtitles(source), [
    { start: 1, end: 2, text: "Hello <b>there</b> &lt;you&gt;" },
    { start: 3_600.5, end: 3_601, text: "late" },
  ]);
});

Deno.test("subtitles: Advanced SubStation Alpha", () => {
  const source = "[Script Info]\nTitle: x\n[V4+ Styles]\nFormat: Name\n[Events]\n" +
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
    "Comment: 0,0:00:00.00,0:00:09.00,a,,0,0,0,,not shown\n" +
    "Dialogue: 0,0:00:01.50,0:00:03.00,Default,,0,0,0,,{\\pos(1,2)\\i1}Well{\\i0}, yes\\Nno <b>tags\\h&c\n" +
    "Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}\n";
  assert.deepEqual(parseSubtitles(source), [
    { start: 1.5, end: 3, text: "<i>Well</i>, yes\nno &lt;b&gt;tags\u00a0&amp;c" },
  ]);
  assert.equal(assText("{\\b1}bold{\\b0} {\\b700}not known"), "<b>bold</b> not known");
});

Deno.test("subtitles: hostile text is text, and tags are closed in order", () => {
  assert.equal(cueText("<script>alert(1)</script><img src=x onerror=y>"), "alert(1)");
  assert.equal(cueText("a < b > c & d"), "a &lt; b &gt; c &amp; d");
  assert.equal(cueText("<b>one <i>two</b> three</i>"), "<b>one <i>two</i></b> three");
  assert.equal(cueText("<i>never closed"), "<i>never closed</i>");
});

Deno.test("subtitles: what would take time by the square of its length does not", () => {
  const length = 1 << 20;
  const cue = (text: string) => `1\n00:00:01,000 --> 00:00:02,000\n${text}\n`;
  const dialogue = (text: string) => `[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,a,,0,0,0,,${text}`;
  for (const part of ["<i ", "{\\", "{", "<", "&", " ", "1", "<i>"]) {
    const text = part.repeat(length / part.length);
    parseSubtitles(cue(`${text}x\n`) + cue("next"));
    parseSubtitles(dialogue(text));
    parseSubtitles(`WEBVTT\n\n00:01.000 --> 00:02.000\n${text}`);
  }
  parseSubtitles(`[Events]\nFormat: ${"a,".repeat(length / 2)}\n${"Dialogue: 1\n".repeat(length / 16)}`);
});

Deno.test("subtitles: any bytes are no reason to throw", () => {
  const random = seeded(12);
  for (let i = 0; i < 500; i++) {
    const text = new TextDecoder("windows-1252").decode(seededBytes(random, Math.floor(random() * 400)));
    for (const head of ["", "WEBVTT\n\n", "[Events]\n", "1\n00:00:01,000 --> 00:00:02,000\n"]) {
      parseSubtitles(head + text);
    }
  }
});

Deno.test("subtitles: encodings are told apart as far as bytes and language go", () => {
  const utf8 = new TextEncoder().encode("Größe 映");
  assert.equal(guessEncoding(utf8), "utf-8");
  assert.equal(guessEncoding(Uint8Array.of(0xff, 0xfe, 0x41, 0)), "utf-16le");
  assert.equal(guessEncoding(Uint8Array.of(0xfe, 0xff, 0, 0x41)), "utf-16be");
  const cyrillic = Uint8Array.of(0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2);
  assert.equal(guessEncoding(cyrillic, "ru"), "windows-1251");
  assert.equal(new TextDecoder(guessEncoding(cyrillic, "ru")).decode(cyrillic), "Привет");
  assert.equal(guessEncoding(cyrillic), "windows-1252");
});

Deno.test("subtitles: the files beside a film that belong to it", () => {
  const names = [
    "Film (2001).mkv",
    "Film (2001).srt",
    "Film (2001).de.srt",
    "film (2001).ENG.sdh.ass",
    "Film (2001).pt-BR.forced.vtt",
    "Film (2001).it.SUP",
    "Film (2001) 2.srt.txt",
    "Film (2001)x.srt",
    "Other.srt",
  ];
  assert.deepEqual(subtitlesBeside("Film (2001).mkv", names), [
    { name: "Film (2001).srt", language: undefined, captions: false, forced: false, pictures: false },
    { name: "Film (2001).de.srt", language: "de", captions: false, forced: false, pictures: false },
    { name: "film (2001).ENG.sdh.ass", language: "en", captions: true, forced: false, pictures: false },
    { name: "Film (2001).pt-BR.forced.vtt", language: "pt", captions: false, forced: true, pictures: false },
    { name: "Film (2001).it.SUP", language: "it", captions: false, forced: false, pictures: true },
  ]);
});
