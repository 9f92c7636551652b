import assert from "node:assert/strict";
import type { RowEntry } from "../../src/player/page/row_entry.ts";
import {
  beginsWith,
  compareEntries,
  inOrder,
  knownSorting,
  mergeEntries,
  rememberSorting,
} from "../../src/player/page/sorting.ts";
import { seeded } from "../support/seeded.ts";

function entry(name: string, kind: RowEntry["kind"] = "file", size = 0, modified = 0): RowEntry {
  return { path: name, name, kind, size, modified };
}

const ENTRIES = [
  entry("Season 2", "dir", 0, 50),
  entry("Season 10", "dir", 0, 40),
  entry("a 2.mkv", "file", 700, 10),
  entry("A 10.mkv", "file", 700, 30),
  entry("b.mkv", "file", 20, 20),
];

Deno.test("sorting: by name, size and date, both ways, folders first, equal ones by name", () => {
  const names = (by: "name" | "size" | "modified", descending: boolean) =>
    inOrder(ENTRIES, { by, descending }).map(({ name }) => name);
  const folders = ["Season 2", "Season 10"];
  assert.deepEqual(names("name", false), [...folders, "a 2.mkv", "A 10.mkv", "b.mkv"]);
  assert.deepEqual(names("name", true), [...folders.toReversed(), "b.mkv", "A 10.mkv", "a 2.mkv"]);
  assert.deepEqual(names("size", true), [...folders, "a 2.mkv", "A 10.mkv", "b.mkv"]);
  assert.deepEqual(names("size", false), [...folders, "b.mkv", "a 2.mkv", "A 10.mkv"]);
  assert.deepEqual(names("modified", true), [...folders, "A 10.mkv", "b.mkv", "a 2.mkv"]);
  assert.deepEqual(names("modified", false), [...folders.toReversed(), "a 2.mkv", "b.mkv", "A 10.mkv"]);
  assert.deepEqual(inOrder([], { by: "size", descending: true }), []);
});

Deno.test("sorting: pages that are merged one after the other are sorted as a whole", () => {
  const random = seeded(11);
  const all = Array.from(
    { length: 1_000 },
    () => entry(`film ${Math.floor(random() * 1e6)}`, random() < 0.1 ? "dir" : "file"),
  );
  let merged: RowEntry[] = [];
  for (let at = 0; at < all.length;) {
    const size = 1 + Math.floor(random() * 200);
    merged = mergeEntries(merged, all.slice(at, at + size));
    at += size;
  }
  assert.deepEqual(merged, all.toSorted(compareEntries));
});

Deno.test("sorting: what was typed finds a name however it is written", () => {
  assert.ok(beginsWith("Éclair.mkv", "ecl"));
  assert.ok(beginsWith("10 films", "10"));
  assert.ok(!beginsWith("An Éclair", "ecl"));
});

Deno.test("sorting: is remembered, and by name where nothing sensible is", () => {
  let value: string | null = null;
  const storage = { getItem: () => value, setItem: (_: string, text: string) => void (value = text) };
  rememberSorting(storage, { by: "size", descending: true });
  assert.deepEqual(knownSorting(storage), { by: "size", descending: true });
  for (const damaged of ["", "colour ascending", null]) {
    value = damaged;
    assert.deepEqual(knownSorting(storage), { by: "name", descending: false });
  }
});
