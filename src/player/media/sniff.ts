/** What a file is, by its first bytes. */
export type FileFormat =
  | "mp4"
  | "matroska"
  | "webm"
  | "mpeg-ts"
  | "avi"
  | "asf"
  | "flv"
  | "mpeg-ps"
  | "realmedia"
  | "mp3"
  | "adts"
  | "flac"
  | "ogg"
  | "wav"
  | "jpeg"
  | "png"
  | "gif"
  | "webp"
  | "avif"
  | "bmp"
  | "pdf"
  | "text"
  | "unknown";

/** Bytes that {@link sniff} wants to see. */
export const SNIFF_SIZE = 4_096;

/** The first bytes of formats, from the start of the file or from another place. */
const SIGNATURES: readonly (readonly [format: FileFormat, at: number, bytes: string])[] = [
  ["jpeg", 0, "\xff\xd8\xff"],
  ["png", 0, "\x89PNG\r\n\x1a\n"],
  ["gif", 0, "GIF8"],
  ["pdf", 0, "%PDF-"],
  ["flac", 0, "fLaC"],
  ["ogg", 0, "OggS"],
  ["avif", 4, "ftypavif"],
  ["avif", 4, "ftypavis"],
  ["mp4", 4, "ftyp"],
  // A QuickTime file may do without.
  ["mp4", 4, "moov"],
  ["mp4", 4, "mdat"],
  ["mp4", 4, "wide"],
  ["webp", 8, "WEBP"],
  ["wav", 8, "WAVE"],
  ["avi", 8, "AVI "],
  ["asf", 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"],
  ["flv", 0, "FLV\x01"],
  ["mpeg-ps", 0, "\0\0\x01\xba"],
  ["realmedia", 0, ".RMF"],
  ["mp3", 0, "ID3"],
];

/** So many bytes without a control character are no accident. */
const SURELY_TEXT = 256;

/** MPEG-TS has its sync byte once in every packet of 188 bytes; with a time in front (M2TS) in every 192. */
const TS_SYNC = 0x47;

/**
 * The format of a file that begins with `head`.
 *
 * @param head the first {@link SNIFF_SIZE} bytes, or the whole file where it is shorter
 */
export function sniff(head: Uint8Array): FileFormat {
  for (const [format, at, bytes] of SIGNATURES) if (holds(head, at, bytes)) return format;
  // The four bytes between are its size.
  if (holds(head, 0, "BM") && holds(head, 6, "\0\0\0\0")) return "bmp";
  // An MPEG sync would look the same, but of a layer that nobody uses.
  if (holds(head, 0, "\xff\xfe") || holds(head, 0, "\xfe\xff")) return "text";
  if (holds(head, 0, "\x1a\x45\xdf\xa3")) return isWebm(head) ? "webm" : "matroska";
  if (hasSync(head, 0, 188) || hasSync(head, 4, 192)) return "mpeg-ts";
  if (head[0] === 0xff && (head[1]! & 0xe0) === 0xe0) return (head[1]! & 0x06) === 0 ? "adts" : "mp3";
  return isText(head) ? "text" : "unknown";
}

function holds(head: Uint8Array, at: number, bytes: string): boolean {
  if (head.byteLength < at + bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) if (head[at + i] !== bytes.charCodeAt(i)) return false;
  return true;
}

/** The DocType of the EBML header tells the two apart. */
function isWebm(head: Uint8Array): boolean {
  for (let at = 4; at < Math.min(head.byteLength, 256); at++) {
    if (holds(head, at, "\x42\x82\x84webm")) return true;
  }
  return false;
}

function hasSync(head: Uint8Array, from: number, step: number): boolean {
  if (head.byteLength < from + 3 * step) return false;
  for (let at = from; at < head.byteLength; at += step) if (head[at] !== TS_SYNC) return false;
  return true;
}

/**
 * A text of any encoding: UTF-8, perhaps cut within a character, or one with a byte for a character; without
 * control characters that texts have no use for.
 */
function isText(head: Uint8Array): boolean {
  if (head.byteLength === 0) return false;
  for (const byte of head) if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    // Other data without a single control character is short, and half of it is beyond ASCII.
    const beyond = head.reduce((count, byte) => count + Number(byte >= 0x80), 0);
    return head.byteLength >= SURELY_TEXT || beyond < head.byteLength * 0.3;
  }
}
