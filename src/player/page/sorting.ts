import type { RowEntry } from "./row_entry.ts";
import type { PageStorage } from "./storage.ts";

/** What the rows of a folder are sorted by. Folders come first whatever it is. */
export interface Sorting {
  readonly by: SortKey;
  readonly descending: boolean;
}

export const SORT_KEYS = ["name", "size", "modified"] as const;
export type SortKey = typeof SORT_KEYS[number];

const KEY = "sorting";

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Folders first, then by name as people count: 2 before 10. */
export function compareEntries(a: RowEntry, b: RowEntry): number {
  if (a.kind !== b.kind) return a.kind === "dir" ? -1 : 1;
  return compareNames(a.name, b.name) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** By name as people count, and names that differ by more than case and accents are never equal. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Whether a name begins with what was typed, however it is written. */
export function beginsWith(name: string, typed: string): boolean {
  return collator.compare(name.slice(0, typed.length), typed) === 0;
}

/**
 * Sorted entries with others added. Names are dear to compare: those that are sorted are compared with the
 * added ones alone.
 *
 * @param sorted by {@link compareEntries}
 */
export function mergeEntries(sorted: readonly RowEntry[], added: readonly RowEntry[]): RowEntry[] {
  const merged: RowEntry[] = [];
  let at = 0;
  for (const entry of added.toSorted(compareEntries)) {
    let low = at;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareEntries(sorted[middle]!, entry) <= 0) low = middle + 1;
      else high = middle;
    }
    while (at < low) merged.push(sorted[at++]!);
    merged.push(entry);
  }
  while (at < sorted.length) merged.push(sorted[at++]!);
  return merged;
}

/**
 * Entries in another order; those that are equal in it stay by name.
 *
 * @param entries sorted by {@link compareEntries}
 */
export function inOrder(entries: readonly RowEntry[], { by, descending }: Sorting): readonly RowEntry[] {
  if (by === "name" && !descending) return entries;
  const firstFile = entries.findIndex(({ kind }) => kind === "file");
  const split = firstFile < 0 ? entries.length : firstFile;
  return [entries.slice(0, split), entries.slice(split)].flatMap((group) => {
    if (by === "name") return group.reverse();
    return group.sort(descending ? (a, b) => b[by] - a[by] : (a, b) => a[by] - b[by]);
  });
}

/** The order that was chosen last. */
export function knownSorting(storage: PageStorage): Sorting {
  const [by, direction] = (storage.getItem(KEY) ?? "").split(" ");
  const known = SORT_KEYS.find((key) => key === by);
  return known ? { by: known, descending: direction === "descending" } : { by: "name", descending: false };
}

export function rememberSorting(storage: PageStorage, { by, descending }: Sorting): void {
  try {
    storage.setItem(KEY, `${by} ${descending ? "descending" : "ascending"}`);
  } catch {
    // A browser that keeps nothing, or has no room.
  }
}
