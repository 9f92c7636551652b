/** A line or more of text and when it is shown. */
export interface Cue {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** WebVTT cue text: escaped, with no tags but `<i>`, `<b>` and `<u>`, each of which is closed. */
  readonly text: string;
}

/** Cues of one file, at most: a film has some 2,000. */
export const MAX_CUES = 50_000;

/**
 * Of what a line is made of, at most, in characters: no screen holds more, and what looks for tags in it takes
 * time by the square of its length.
 */
export const MAX_MARKUP = 4_000;

const TAG = /<(\/?)([ibu])(?:\s[^>]*)?>/gi;

/** Text that may hold simple tags, as SubRip and WebVTT have them, as cue text; other tags are left out. */
export function cueText(source: string): string {
  const markup = source.slice(0, MAX_MARKUP);
  const open: string[] = [];
  let text = "";
  let from = 0;
  const plain = (part: string) => escaped(part.replace(/<\/?[a-z0-9][^<>]*>/gi, ""));
  for (const match of markup.matchAll(TAG)) {
    text += plain(markup.slice(from, match.index));
    from = match.index + match[0].length;
    const tag = match[2]!.toLowerCase();
    if (match[1] === "") {
      open.push(tag);
      text += `<${tag}>`;
    } else if (open.includes(tag)) {
      // Tags that were opened after it end with it.
      for (let last = open.pop()!;; last = open.pop()!) {
        text += `</${last}>`;
        if (last === tag) break;
      }
    }
  }
  text += plain(markup.slice(from));
  for (const tag of open.reverse()) text += `</${tag}>`;
  return text.trim();
}

function escaped(text: string): string {
  return decoded(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  nbsp: "\u00a0",
  lrm: "\u200e",
  rlm: "\u200f",
};

/** Files hold the characters that HTML escapes as they are, or as WebVTT escapes them. */
function decoded(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

/** By their beginning, as tracks want them; of equals in their own order. */
export function sorted(cues: Cue[]): Cue[] {
  return cues.sort((a, b) => a.start - b.start);
}
