import {
  canonicalLanguage,
  type EmbeddedTrack,
  type EmbeddedTracks,
  MAX_TRACKS,
  type SubtitleFormat,
} from "../track.ts";
import { children, ID, string, unsigned } from "./element.ts";

/** What was done to each block of a track (RFC 9559, section 5.1.4.1.31), and has to be undone in this order. */
export type ContentEncoding =
  | { readonly type: "zlib" }
  /** These bytes were taken off its beginning. */
  | { readonly type: "header"; readonly bytes: Uint8Array };

/** A subtitle track of a Matroska file. */
export interface MatroskaTrack extends EmbeddedTrack {
  readonly encodings: readonly ContentEncoding[];
  /** Of a block that tells none itself, in seconds. */
  readonly duration: number | undefined;
}

/** What the Tracks element of a Matroska file says of subtitles. */
export interface MatroskaTracks extends EmbeddedTracks {
  readonly tracks: readonly MatroskaTrack[];
}

/** Codec IDs (RFC 9559 and the Matroska codec mappings) of what is shown. */
const FORMATS: Readonly<Record<string, SubtitleFormat>> = {
  "S_TEXT/UTF8": "srt",
  "S_TEXT/ASCII": "srt",
  "S_TEXT/WEBVTT": "vtt",
  "S_TEXT/ASS": "ass",
  "S_TEXT/SSA": "ass",
  "S_ASS": "ass",
  "S_SSA": "ass",
  "D_WEBVTT/SUBTITLES": "webm-vtt",
  "D_WEBVTT/CAPTIONS": "webm-vtt",
  "S_HDMV/PGS": "pgs",
};

/** Values of TrackType. */
const AUDIO = 2;
const SUBTITLE = 17;
/** Of ContentCompAlgo. */
const ZLIB = 0;
const HEADER_STRIPPING = 3;
/** Bit of ContentEncodingScope: the blocks. */
const SCOPE_BLOCKS = 1;
const MAX_NAME = 200;

/**
 * The subtitle tracks that the data of a Tracks element tell of.
 *
 * @throws {MalformedFile}
 */
export function parseTracks(data: Uint8Array): MatroskaTracks {
  const tracks: MatroskaTrack[] = [];
  const audio: Entry[] = [];
  for (const [id, entry] of children(data)) {
    if (id !== ID.TrackEntry) continue;
    const read = readEntry(entry);
    if (read.type === AUDIO) audio.push(read);
    // WebM has its WebVTT in tracks of another type.
    const isText = read.type === SUBTITLE || read.track.codec.startsWith("D_WEBVTT/");
    if (isText && tracks.length < MAX_TRACKS) tracks.push(read.track);
  }
  const first = audio.find(({ track }) => track.default) ?? audio[0];
  return { tracks, audioLanguage: first?.track.language };
}

interface Entry {
  readonly type: number;
  readonly track: MatroskaTrack;
}

function readEntry(data: Uint8Array): Entry {
  const fields = new Map(children(data));
  const number = (id: number, usual: number) => fields.has(id) ? unsigned(fields.get(id)!) : usual;
  const text = (id: number) => fields.has(id) ? string(fields.get(id)!).slice(0, MAX_NAME) : undefined;
  const codec = text(ID.CodecId) ?? "";
  const { encodings, known } = readEncodings(fields.get(ID.ContentEncodings));
  const duration = number(ID.DefaultDuration, 0) / 1e9;
  return {
    type: number(ID.TrackType, 0),
    track: {
      id: number(ID.TrackNumber, 0),
      format: known ? FORMATS[codec] : undefined,
      codec,
      // A track that names no language is English (RFC 9559, section 5.1.4.1.19).
      language: canonicalLanguage(text(ID.LanguageBcp47) ?? text(ID.Language) ?? "eng"),
      name: text(ID.Name) || undefined,
      forced: number(ID.FlagForced, 0) === 1,
      default: number(ID.FlagDefault, 1) === 1,
      captions: number(ID.FlagHearingImpaired, 0) === 1 || codec === "D_WEBVTT/CAPTIONS",
      encodings,
      duration: duration > 0 ? duration : undefined,
    },
  };
}

/** @returns `known` is false where it is encrypted, or compressed as nobody does any more */
function readEncodings(data: Uint8Array | undefined) {
  const found: { order: number; encoding: ContentEncoding }[] = [];
  let known = true;
  for (const [id, encoding] of children(data ?? new Uint8Array(0))) {
    if (id !== ID.ContentEncoding) continue;
    const fields = new Map(children(encoding));
    const number = (from: Map<number, Uint8Array>, id: number, usual: number) =>
      from.has(id) ? unsigned(from.get(id)!) : usual;
    if ((number(fields, ID.ContentEncodingScope, SCOPE_BLOCKS) & SCOPE_BLOCKS) === 0) continue;
    const compression = new Map(children(fields.get(ID.ContentCompression) ?? new Uint8Array(0)));
    const algorithm = number(compression, ID.ContentCompAlgo, ZLIB);
    const order = number(fields, ID.ContentEncodingOrder, 0);
    if (number(fields, ID.ContentEncodingType, 0) !== 0) known = false;
    else if (algorithm === ZLIB) found.push({ order, encoding: { type: "zlib" } });
    else if (algorithm === HEADER_STRIPPING) {
      const bytes = (compression.get(ID.ContentCompSettings) ?? new Uint8Array(0)).slice();
      found.push({ order, encoding: { type: "header", bytes } });
    } else known = false;
  }
  found.sort((a, b) => b.order - a.order);
  return { encodings: found.map(({ encoding }) => encoding), known };
}
