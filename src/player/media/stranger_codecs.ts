/**
 * What is inside of files whose containers nothing takes apart here, so that people can be told; as far as their
 * beginnings tell.
 */
import type { FileFormat } from "./sniff.ts";

/** Bytes from a file's beginning that {@link strangerCodecs} wants to see. */
export const STRANGER_HEAD = 64 << 10;

/** Their names. */
export const STRANGERS: Partial<Record<FileFormat, string>> = {
  "avi": "AVI",
  "asf": "Windows Media",
  "flv": "Flash Video",
  "mpeg-ps": "MPEG program stream",
  "realmedia": "RealMedia",
};

/** Lists and streams in a head, at most: it is a stranger's. */
const MAX_CHUNKS = 1_000;
const MAX_CODECS = 8;

/** Names of the codecs, picture and sound as they come, each once; none where they are not found. */
export function strangerCodecs(format: FileFormat, head: Uint8Array<ArrayBuffer>): string[] {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const found = new Set<string>();
  try {
    for (const codec of FINDERS[format]?.(view) ?? []) {
      found.add(codec);
      if (found.size === MAX_CODECS) break;
    }
  } catch (error) {
    // It ends sooner than it says.
    if (!(error instanceof RangeError)) throw error;
  }
  return [...found];
}

const FINDERS: Partial<Record<FileFormat, (view: DataView) => Iterable<string>>> = {
  "avi": aviCodecs,
  "asf": asfCodecs,
  "flv": flvCodecs,
  "mpeg-ps": programStreamCodecs,
};

/** Each stream has a header (`strh`), then its format: BITMAPINFOHEADER or WAVEFORMATEX (AVI RIFF File Reference). */
function* aviCodecs(view: DataView): Iterable<string> {
  let type = "";
  for (let at = 12, chunks = 0; at + 8 <= view.byteLength && chunks < MAX_CHUNKS; chunks++) {
    const id = text(view, at, 4);
    const size = view.getUint32(at + 4, true);
    // A list's chunks are in it.
    if (id === "LIST") {
      if (text(view, at + 8, 4) === "movi") return;
      at += 12;
      continue;
    }
    if (id === "strh") type = text(view, at + 8, 4);
    if (id === "strf" && type === "vids") yield pictureCodec(text(view, at + 24, 4));
    if (id === "strf" && type === "auds") yield soundCodec(view.getUint16(at + 8, true));
    // Chunks begin at even places.
    at += 8 + size + size % 2;
  }
}

/** Stream Properties Objects (Advanced Systems Format, section 3.3), wherever in the header. */
function* asfCodecs(view: DataView): Iterable<string> {
  for (let at = 0; at + 78 < view.byteLength; at++) {
    if (view.getUint32(at, true) !== 0xb7dc0791 || view.getUint32(at + 12, true) !== 0x6553200c) continue;
    const type = view.getUint32(at + 24, true);
    if (type === 0xf8699e40) yield soundCodec(view.getUint16(at + 78, true));
    // Width, height, flags and a size stand before the BITMAPINFOHEADER.
    if (type === 0xbc19efc0) yield pictureCodec(text(view, at + 78 + 11 + 16, 4));
  }
}

/** The first tag of each kind tells (FLV File Format, annex E.4). */
function* flvCodecs(view: DataView): Iterable<string> {
  const PICTURES: Record<number, string> = { 2: "Sorenson H.263", 4: "VP6", 5: "VP6", 7: "H.264" };
  const SOUNDS: Record<number, string> = {
    0: "PCM",
    1: "ADPCM",
    2: "MP3",
    6: "Nellymoser",
    10: "AAC",
    11: "Speex",
  };
  let at = view.getUint32(5) + 4;
  for (let tags = 0; at + 12 <= view.byteLength && tags < MAX_CHUNKS; tags++) {
    const type = view.getUint8(at) & 0x1f;
    const size = view.getUint32(at) & 0xffffff;
    const first = view.getUint8(at + 11);
    if (type === 9) yield PICTURES[first & 0x0f] ?? `picture codec ${first & 0x0f}`;
    if (type === 8) yield SOUNDS[first >> 4] ?? `sound codec ${first >> 4}`;
    at += 11 + size + 4;
  }
}

/** Start codes of packets and of what is in them (ISO/IEC 13818-1, table 2-22; 13818-2, table 6-1). */
function* programStreamCodecs(view: DataView): Iterable<string> {
  let isMpeg2 = false;
  for (let at = 0; at + 5 < view.byteLength; at++) {
    if (view.getUint16(at) !== 0 || view.getUint8(at + 2) !== 1) continue;
    const code = view.getUint8(at + 3);
    if (code === 0xba) isMpeg2 = view.getUint8(at + 4) >> 6 === 1;
    if (code === 0xb3) yield isMpeg2 ? "MPEG-2 Video" : "MPEG-1 Video";
    if (code >= 0xc0 && code <= 0xdf) yield "MPEG audio";
    // What DVDs have there.
    if (code === 0xbd) yield "AC-3 or DTS";
  }
}

const MPEG4 = "MPEG-4 Visual";

/** By FOURCC, in capitals. */
const PICTURES: Readonly<Record<string, string>> = {
  XVID: MPEG4,
  DIVX: MPEG4,
  DX50: MPEG4,
  FMP4: MPEG4,
  MP4V: MPEG4,
  DIV3: "DivX 3",
  MP43: "Microsoft MPEG-4",
  MP42: "Microsoft MPEG-4",
  H264: "H.264",
  X264: "H.264",
  AVC1: "H.264",
  HEVC: "HEVC",
  MJPG: "Motion JPEG",
  WMV1: "Windows Media Video 7",
  WMV2: "Windows Media Video 8",
  WMV3: "Windows Media Video 9",
  WVC1: "VC-1",
};

function pictureCodec(fourcc: string): string {
  return PICTURES[fourcc.toUpperCase()] ?? `picture codec ${fourcc.replace(/[^ -~]/g, "?")}`;
}

/** By format tag (RFC 2361). */
const SOUNDS: Readonly<Record<number, string>> = {
  0x0001: "PCM",
  0x0002: "ADPCM",
  0x0050: "MP2",
  0x0055: "MP3",
  0x00ff: "AAC",
  0x0160: "Windows Media Audio",
  0x0161: "Windows Media Audio",
  0x0162: "Windows Media Audio Pro",
  0x0163: "Windows Media Audio Lossless",
  0x2000: "AC-3",
  0x2001: "DTS",
};

function soundCodec(tag: number): string {
  return SOUNDS[tag] ?? `sound codec 0x${tag.toString(16)}`;
}

function text(view: DataView, at: number, length: number): string {
  return Array.from({ length }, (_, i) => String.fromCharCode(view.getUint8(at + i))).join("");
}
