import assert from "node:assert/strict";
import { type FileFormat, sniff, SNIFF_SIZE } from "../../src/player/media/sniff.ts";
import { seeded, seededBytes } from "../support/seeded.ts";

/** Bytes of a text in which each character is one. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function packets(size: number, from: number): Uint8Array {
  const head = new Uint8Array(SNIFF_SIZE);
  for (let at = from; at < head.byteLength; at += size) head[at] = 0x47;
  return head;
}

const HEADS: readonly (readonly [FileFormat, Uint8Array])[] = [
  ["mp4", bytes("\0\0\0\x20ftypisom\0\0\0\0")],
  ["mp4", bytes("\0\0\0\x14ftypqt  ")],
  ["mp4", bytes("\0\0\0\x08wide\0\0\0\0mdat")],
  ["avif", bytes("\0\0\0\x1cftypavif")],
  ["matroska", bytes("\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska")],
  ["webm", bytes("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm")],
  ["mpeg-ts", packets(188, 0)],
  ["mpeg-ts", packets(192, 4)],
  ["avi", bytes("RIFF\x10\0\0\0AVI LIST")],
  ["wav", bytes("RIFF\x10\0\0\0WAVEfmt ")],
  ["webp", bytes("RIFF\x10\0\0\0WEBPVP8 ")],
  ["mp3", bytes("ID3\x04\0\0")],
  ["mp3", bytes("\xff\xfb\x90\x64")],
  ["adts", bytes("\xff\xf1\x50\x80")],
  ["flac", bytes("fLaC\0\0\0\x22")],
  ["ogg", bytes("OggS\0\x02")],
  ["jpeg", bytes("\xff\xd8\xff\xe0")],
  ["png", bytes("\x89PNG\r\n\x1a\n")],
  ["gif", bytes("GIF89a")],
  ["pdf", bytes("%PDF-1.7")],
  ["text", new TextEncoder().encode("1\r\n00:00:01,000 --> 00:00:02,000\r\nÄ ö ü 映\r\n")],
  ["text", new TextEncoder().encode("cut within a character: 映").subarray(0, -1)],
  ["unknown", new Uint8Array(0)],
  ["unknown", new Uint8Array(100)],
  ["text", bytes("Gr\xfc\xdfe in Windows-1252")],
  ["text", bytes("\xdb\xdc\xb1\xb2".repeat(64))],
  ["text", bytes("\xff\xfeT\0e\0x\0t\0")],
  ["text", bytes("\xfe\xff\0T\0e\0x\0t")],
  ["unknown", bytes("\x80\x81\x82 short")],
  ["bmp", bytes("BM\x36\x10\0\0\0\0\0\0\x36\0\0\0")],
  ["avif", bytes("\0\0\0\x1cftypavis")],
];

for (const [format, head] of HEADS) {
  Deno.test(`sniff: ${format}, of ${head.byteLength} bytes that begin with ${[...head.subarray(0, 12)]}`, () => {
    assert.equal(sniff(head), format);
  });
}

Deno.test("sniff: any bytes of any length have a format", () => {
  const random = seeded(5);
  for (let i = 0; i < 2_000; i++) {
    assert.equal(typeof sniff(seededBytes(random, Math.floor(random() * 600))), "string");
  }
});
