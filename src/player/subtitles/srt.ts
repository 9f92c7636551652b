import { type Cue, cueText, MAX_CUES, MAX_MARKUP, sorted } from "./cue.ts";

const TIMES =
  /^\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?\s*-->\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?/;

/**
 * SubRip, as it is found: with commas or points, with numbers or without, with blank lines where they do not
 * belong. What does not parse is left out.
 */
export function parseSrt(source: string): Cue[] {
  const lines = source.split(/\r\n|\r|\n/);
  const cues: Cue[] = [];
  let times: readonly [number, number] | undefined;
  let text: string[] = [];
  const end = () => {
    // A number stands before the next cue's times.
    if (times !== undefined && times[1] > times[0]) {
      const shown = srtText(text.join("\n"));
      if (shown !== "") cues.push({ start: times[0], end: times[1], text: shown });
    }
    text = [];
  };
  for (const line of lines) {
    const match = TIMES.exec(line);
    if (match === null) {
      text.push(line);
      continue;
    }
    while (text.length > 0 && /^\d*$/.test(text.at(-1)!.trim())) {
      if (/\d/.test(text.pop()!)) break;
    }
    end();
    if (cues.length >= MAX_CUES) return sorted(cues);
    times = [seconds(match, 1), seconds(match, 5)];
  }
  end();
  return sorted(cues);
}

/** Text with the tags of SubRip, and the codes of other formats that some have in it, as cue text. */
export function srtText(markup: string): string {
  return cueText(markup.slice(0, MAX_MARKUP).replace(/\{\\[^}]*\}/g, ""));
}

function seconds(match: RegExpExecArray, at: number): number {
  const [hours, minutes, whole] = [match[at], match[at + 1], match[at + 2]].map(Number) as [
    number,
    number,
    number,
  ];
  return hours * 3_600 + minutes * 60 + whole + Number(`0.${match[at + 3] ?? 0}`);
}
