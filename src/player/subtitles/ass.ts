import { type Cue, cueText, MAX_CUES, MAX_MARKUP, sorted } from "./cue.ts";

/** Fields where a script does not name them (the order of Advanced SubStation Alpha, v4.00+). */
const FIELDS = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

/** The text of an Advanced SubStation Alpha script, or SubStation Alpha; italics and bold stay, places do not. */
export function parseAss(source: string): Cue[] {
  const cues: Cue[] = [];
  let fields = fieldsOf(FIELDS);
  let inEvents = false;
  for (const line of source.split(/\r\n|\r|\n/)) {
    if (line.startsWith("[")) inEvents = /^\[events\]/i.test(line);
    if (!inEvents) continue;
    const [, key, value] = /^(Format|Dialogue):\s*(.*)$/.exec(line) ?? [];
    if (key === "Format") fields = fieldsOf(value!);
    if (key !== "Dialogue") continue;
    const cue = dialogue(value!, fields);
    if (cue !== undefined) cues.push(cue);
    if (cues.length >= MAX_CUES) break;
  }
  return sorted(cues);
}

/** One event, as a line of a script has it behind "Dialogue:" and a Matroska block whole. */
export function dialogue(value: string, fields: readonly string[]): Cue | undefined {
  const parts = value.split(",");
  const at = (name: string) => parts[fields.indexOf(name)] ?? "";
  const [start, end] = [seconds(at("start")), seconds(at("end"))];
  // The text is the last field, and may have commas.
  const text = assText(parts.slice(fields.length - 1).join(","));
  return start === undefined || end === undefined || end <= start || text === ""
    ? undefined
    : { start, end, text };
}

/** Text with override codes (`{\i1}`, `\N`) as cue text. */
export function assText(whole: string): string {
  const source = whole.slice(0, MAX_MARKUP);
  // What is drawn with lines is no text.
  if (/\{[^}]*\\p[1-9]/.test(source)) return "";
  const markup = source.replace(/[<>&]/g, (character) => ESCAPES[character]!)
    .replace(
      /\{([^}]*)\}/g,
      (_, codes: string) =>
        [...codes.matchAll(/\\([ibu])([01])(?!\d)/g)].map(([, tag, on]) => `<${on === "0" ? "/" : ""}${tag}>`)
          .join(""),
    )
    .replace(/\\[Nn]/g, "\n")
    .replace(/\\h/g, "\u00a0");
  return cueText(markup);
}

const ESCAPES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

/** Of a line; scripts have ten. */
const MAX_FIELDS = 64;

function fieldsOf(list: string): string[] {
  return list.split(",", MAX_FIELDS).map((name) => name.trim().toLowerCase());
}

/** `0:00:01.50`, in seconds. */
function seconds(text: string): number | undefined {
  const match = /^\s*(\d+):(\d{1,2}):(\d{1,2}(?:\.\d+)?)\s*$/.exec(text);
  return match === null ? undefined : Number(match[1]) * 3_600 + Number(match[2]) * 60 + Number(match[3]);
}
