import type { Cue } from "../cue.ts";
import type { PictureWindow } from "../pictures/display_set.ts";

/** How the lines of a track are written. */
export type TextFormat = "srt" | "vtt" | "webm-vtt" | "ass" | "tx3g" | "wvtt";

/** What a track holds: lines, or the pictures of a Presentation Graphics Stream. */
export type SubtitleFormat = TextFormat | "pgs";

/** A subtitle track inside a film. */
export interface EmbeddedTrack {
  /** Matroska's TrackNumber, MP4's track_ID. */
  readonly id: number;
  /** Undefined for those that are not shown. */
  readonly format: SubtitleFormat | undefined;
  /** What the file calls the codec, such as `S_TEXT/UTF8` or `tx3g`. */
  readonly codec: string;
  /** BCP 47; undefined where the file does not tell. */
  readonly language: string | undefined;
  /** What the file calls the track. */
  readonly name: string | undefined;
  /** Only what is said in other languages than the film's. */
  readonly forced: boolean;
  /** The film's makers want it shown unasked. */
  readonly default: boolean;
  /** For people who do not hear. */
  readonly captions: boolean;
}

/** The subtitles inside a film. */
export interface EmbeddedTracks {
  readonly tracks: readonly EmbeddedTrack[];
  /** BCP 47, of the sound that is heard first. */
  readonly audioLanguage: string | undefined;
}

/** Told what is found in a film. */
export interface EmbeddedEvents {
  tracks(found: EmbeddedTracks): void;
  /** In no order, and some more than once. */
  cues(track: number, cues: readonly Cue[]): void;
  /** In place of the window before. */
  pictures(track: number, window: PictureWindow): void;
}

/** Bytes `offset` to `offset + length` of a film; fewer where it ends. */
export type ReadBytes = (offset: number, length: number) => Promise<Uint8Array>;

/** Subtitle tracks of one film, at most; more are not listed. */
export const MAX_TRACKS = 128;

/** One line and its markup, at most, in bytes; larger ones are not shown. */
export const MAX_LINE = 64 << 10;

/** What has no end of its own is shown so long, in seconds. */
export const USUAL_SECONDS = 5;

/** The file does not hold what its format asks for. */
export class MalformedFile extends Error {
  override readonly name = "MalformedFile";
}

/**
 * A language as BCP 47 has it.
 *
 * @param code of ISO 639-2 or BCP 47
 */
export function canonicalLanguage(code: string | undefined): string | undefined {
  try {
    const [language] = Intl.getCanonicalLocales(code ?? "und");
    return ["und", "zxx", "mis", "mul"].includes(language!) ? undefined : language;
  } catch {
    return undefined;
  }
}
