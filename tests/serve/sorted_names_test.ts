import assert from "node:assert/strict";
import { sortedNames } from "../../src/serve/sorted_names.ts";
import { seeded } from "../support/seeded.ts";
import { TempDir } from "../support/temp_dir.ts";

Deno.test("sorted names: as sort has them, whatever they are and however many", async () => {
  await using dir = await TempDir.make();
  assert.deepEqual(await sortedNames(dir.path), []);
  const random = seeded(3);
  const starts = ["", "a", "Z", "é", "ﬁ", "\u{1f3ac}", "\uffee", " "];
  const names = new Set<string>();
  while (names.size < 9_000) {
    names.add(`${starts[Math.floor(random() * starts.length)]}${Math.floor(random() * 1e6)}.mkv`);
  }
  for (const name of [...names, ".hidden", "line\nfeed"]) Deno.writeTextFileSync(`${dir.path}/${name}`, "");
  assert.deepEqual(await sortedNames(dir.path), [...names].sort());
});

Deno.test("sorted names: a folder that is not there is an error", async () => {
  await using dir = await TempDir.make();
  await assert.rejects(sortedNames(`${dir.path}/nowhere`), Deno.errors.NotFound);
});
