import { type Check, type Finding, keyOf } from "./check.ts";

/** Columns of the narrowest terminal that is thought of. */
const COLUMNS = 80;

const MARKS = { good: "✓", bad: "✗", none: "–" } as const;

/** SGR sequences of ECMA-48: green, red, faint. */
const COLORS = { good: "\u001b[32m", bad: "\u001b[31m", none: "\u001b[2m" } as const;
const PLAIN = "\u001b[0m";

/** A check and its finding for people: what is so, and below it what to do. */
export function linesOf(check: Check, { state, text, advice }: Finding, color: boolean): string[] {
  const mark = color ? `${COLORS[state]}${MARKS[state]}${PLAIN}` : MARKS[state];
  const [first, ...further] = wrapped(`${keyOf(check)}: ${text}`, COLUMNS - 2);
  const what = advice === undefined ? [] : wrapped(advice, COLUMNS - 4);
  return [
    `${mark} ${first}`,
    ...further.map((line) => `  ${line}`),
    ...what.map((line, index) => `  ${index === 0 ? "→" : " "} ${line}`),
  ];
}

/** All of it as JSON: whether all is well, and each check with its finding. */
export function jsonOf(results: readonly (readonly [Check, Finding])[]): string {
  const ok = results.every(([, { state }]) => state !== "bad");
  const checks = results.map(([check, finding]) => ({ ...check, ...finding }));
  return JSON.stringify({ ok, checks }, undefined, 2);
}

/** Lines of at most `columns` characters, broken at spaces; a longer word has a line of its own. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** A path may hold a terminal's control sequences. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "�");
}
