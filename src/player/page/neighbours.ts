import { compareNames } from "./sorting.ts";

/** Seasons and episodes that may be missing in between. */
const MAX_STEP = 3;

/**
 * The name of the next episode: the next in order that differs from `name` by a number first, and by little.
 *
 * @param names of the films in the same folder
 */
export function nextEpisode(name: string, names: Iterable<string>): string | undefined {
  let next: string | undefined;
  for (const other of names) {
    if (follows(name, other) && (next === undefined || compareNames(other, next) < 0)) next = other;
  }
  return next;
}

function follows(name: string, other: string): boolean {
  const [these, those] = [parts(name), parts(other)];
  const at = these.findIndex((part, i) => part !== those[i]);
  const step = Number(those[at]) - Number(these[at]);
  // `NaN` where it is words that differ.
  return step > 0 && step <= MAX_STEP;
}

/** `show s`, `1`, `e`, `2`, ` pilot.mkv`: words as they are however they are written, numbers without zeros. */
function parts(name: string): string[] {
  return name.toLowerCase().replace(/[\s._-]+/g, " ").split(/(\d+)/)
    .map((part, i) => i % 2 === 1 ? part.replace(/^0+(?=\d)/, "") : part);
}

/** What comes before and after an item in a list; undefined at its ends, and where it is not in it. */
export function beside<T extends { readonly path: string }>(
  items: readonly T[],
  path: string,
): { index: number; previous: T | undefined; next: T | undefined } {
  const index = items.findIndex((item) => item.path === path);
  if (index < 0) return { index, previous: undefined, next: undefined };
  return { index, previous: items[index - 1], next: items[index + 1] };
}
