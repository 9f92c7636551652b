import { canonicalLanguage, type EmbeddedTrack, type TextFormat } from "../track.ts";
import { boxAt, boxes, mp4Guard, viewOf } from "./box.ts";
import { parseSamples, type Sample } from "./sample_table.ts";
import { sampleEntry } from "./sample_text.ts";

/** A text track of an MP4 file; times of its samples are `time * scale + delay`, in seconds. */
export interface Mp4Track extends EmbeddedTrack {
  readonly samples: readonly Sample[];
  readonly scale: number;
  readonly delay: number;
}

/** Handler types (ISO/IEC 14496-12, section 12, and QuickTime's) of tracks with text or pictures of it. */
export const TEXT_HANDLERS: ReadonlySet<string> = new Set(["sbtl", "text", "subt", "clcp", "subp"]);

/** Sample entries of what is shown. */
const FORMATS: Readonly<Record<string, TextFormat>> = { tx3g: "tx3g", wvtt: "wvtt" };

const MAX_NAME = 200;

/** Display flags of tx3g (Apple, QuickTime File Format): all samples are forced. */
const ALL_FORCED = 0x80000000;

/**
 * A text track, out of the content of its TrackBox.
 *
 * @param movieScale of the film, in units a second
 * @throws {MalformedFile}
 */
export function parseTextTrack(trak: Uint8Array, movieScale: number): Mp4Track {
  return mp4Guard(() => {
    const header = viewOf(boxAt(trak, "tkhd") ?? EMPTY);
    const id = header.getUint32(header.getUint8(0) === 1 ? 20 : 12);
    const { timescale, language } = parseMediaHeader(boxAt(trak, "mdia") ?? EMPTY);
    const stbl = boxAt(trak, "mdia/minf/stbl") ?? EMPTY;
    const [codec, entry] = sampleEntry(boxAt(stbl, "stsd") ?? EMPTY);
    const samples = parseSamples(stbl);
    const name = new TextDecoder().decode(boxAt(trak, "udta/name") ?? EMPTY).replaceAll("\0", "");
    const flags = codec === "tx3g" && entry.length >= 12 ? viewOf(entry).getUint32(8) : 0;
    return {
      id,
      // The samples of a film in fragments lie where no index tells.
      format: samples.length > 0 ? FORMATS[codec] : undefined,
      codec,
      language,
      name: name.slice(0, MAX_NAME) || undefined,
      forced: (flags & ALL_FORCED) !== 0,
      default: (header.getUint8(3) & 1) !== 0,
      captions: false,
      samples,
      scale: 1 / timescale,
      delay: editDelay(boxAt(trak, "edts/elst"), movieScale, timescale),
    };
  });
}

const EMPTY = new Uint8Array(0);

/**
 * Timescale and language, out of a MediaBox's content as far as its MediaHeaderBox.
 *
 * @throws {MalformedFile}
 */
export function parseMediaHeader(mdia: Uint8Array): { timescale: number; language: string | undefined } {
  return mp4Guard(() => {
    const view = viewOf(boxAt(mdia, "mdhd") ?? EMPTY);
    const isLong = view.getUint8(0) === 1;
    const packed = view.getUint16(isLong ? 32 : 20);
    // Three letters of five bits each; QuickTime has numbers below 0x400 for languages.
    const letters = String.fromCharCode(...[10, 5, 0].map((shift) => (packed >> shift & 31) + 0x60));
    const extended = [...boxes(mdia)].find(([type]) => type === "elng")?.[1].subarray(4);
    const language = extended === undefined
      ? letters
      : new TextDecoder().decode(extended).replaceAll("\0", "");
    return {
      timescale: view.getUint32(isLong ? 20 : 12) || 1,
      language: packed < 0x400 && extended === undefined ? undefined : canonicalLanguage(language),
    };
  });
}

/** By how much a track's media are later than its samples' times, in seconds (section 8.6.6). */
function editDelay(elst: Uint8Array | undefined, movieScale: number, timescale: number): number {
  if (elst === undefined) return 0;
  const view = viewOf(elst);
  const isLong = view.getUint8(0) === 1;
  let delay = 0;
  for (let entry = 0; entry < view.getUint32(4); entry++) {
    const at = 8 + entry * (isLong ? 20 : 12);
    const duration = isLong ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const begin = isLong ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    if (begin >= 0) return delay - begin / timescale;
    delay += duration / movieScale;
  }
  return delay;
}
