import { parseAss } from "./ass.ts";
import type { Cue } from "./cue.ts";
import { parseSrt } from "./srt.ts";
import { parseVtt } from "./vtt.ts";

/** Cues of a text, of whichever kind it is by its content. */
export function parseSubtitles(text: string): Cue[] {
  const source = text.replace(/^\ufeff/, "");
  if (/^WEBVTT\b/.test(source)) return parseVtt(source);
  if (/^\s*\[script info\]/i.test(source) || /^\[events\]/im.test(source)) return parseAss(source);
  return parseSrt(source);
}
