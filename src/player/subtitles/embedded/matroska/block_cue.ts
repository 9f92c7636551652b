import { assText } from "../../ass.ts";
import { type Cue, cueText } from "../../cue.ts";
import { guessEncoding } from "../../decode_text.ts";
import { srtText } from "../../srt.ts";
import { MAX_LINE, type SubtitleFormat, USUAL_SECONDS } from "../track.ts";
import { decodedBlock } from "./block_encoding.ts";
import type { SubtitleBlock } from "./scanner.ts";

/**
 * The line that a block holds; undefined where it shows nothing.
 *
 * @throws {MalformedFile} where it is compressed and damaged
 */
export async function blockCue({ track, start, duration, payload }: SubtitleBlock): Promise<Cue | undefined> {
  const bytes = await decodedBlock(payload, track.encodings, MAX_LINE);
  const source = new TextDecoder(guessEncoding(bytes, track.language?.slice(0, 2))).decode(bytes);
  const text = blockText(track.format, source.replace(/\0+$/, "").replace(/\r\n?/g, "\n"));
  const end = start + (duration ?? USUAL_SECONDS);
  return text === "" || !(end > start) || end <= 0 ? undefined : { start, end, text };
}

/** ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect: what stands before the text of an event. */
const EVENT = /^(?:[^,]*,){8}/;

/** Cue text of a block, as the Matroska codec mappings have it. */
function blockText(format: SubtitleFormat | undefined, source: string): string {
  switch (format) {
    case "srt":
      return srtText(source);
    case "vtt":
      return cueText(source);
    case "webm-vtt":
      // An identifier and settings stand in the first two lines.
      return cueText(source.split("\n").slice(2).join("\n"));
    case "ass": {
      const event = EVENT.exec(source);
      return event === null ? "" : assText(source.slice(event[0].length));
    }
    default:
      return "";
  }
}
