import { type Cue, cueText, MAX_CUES, sorted } from "./cue.ts";

const TIME = String.raw`(?:(\d{2,}):)?(\d{2}):(\d{2})\.(\d{3})`;
const TIMES = new RegExp(String.raw`^${TIME}[ \t]+-->[ \t]+${TIME}`);

/** WebVTT (W3C, section 4): times and text; styles, regions and positions are left out. */
export function parseVtt(source: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of source.replace(/\r\n?/g, "\n").split(/\n{2,}/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => TIMES.test(line));
    // An identifier may stand above the times; anything else is no cue.
    if (at < 0 || at > 1 || /^(WEBVTT|NOTE|STYLE|REGION)\b/.test(lines[0]!)) continue;
    const match = TIMES.exec(lines[at]!)!;
    const [start, end] = [seconds(match, 1), seconds(match, 5)];
    const text = cueText(lines.slice(at + 1).join("\n"));
    if (end > start && text !== "") cues.push({ start, end, text });
    if (cues.length >= MAX_CUES) break;
  }
  return sorted(cues);
}

function seconds(match: RegExpExecArray, at: number): number {
  const [hours = 0, minutes, whole, thousandths] = [0, 1, 2, 3].map((i) => Number(match[at + i] ?? 0));
  return hours * 3_600 + minutes! * 60 + whole! + thousandths! / 1_000;
}
