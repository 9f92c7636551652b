import assert from "node:assert/strict";
import { Library } from "../../src/serve/library.ts";
import { ScopedShare } from "../../src/serve/scoped_share.ts";
import { type RefusalReason, Share, ShareError } from "../../src/serve/share.ts";
import type { Scope } from "../../src/trust/scope.ts";
import { TempDir } from "../support/temp_dir.ts";

const FOREVER = new AbortController().signal;

async function share(): Promise<{ dir: TempDir; scoped: (scope: Partial<Scope>) => ScopedShare }> {
  const dir = await TempDir.make();
  await dir.put("films/a.mp4", "aa");
  await dir.put("films/deep/b.mp4", "bbb");
  await dir.put("other/c.mp4", "cccc");
  await Deno.symlink("../other", `${dir.path}/films/out`);
  await Deno.symlink("../other/c.mp4", `${dir.path}/films/out.mp4`);
  await Deno.symlink("deep/b.mp4", `${dir.path}/films/in.mp4`);
  await Deno.symlink("films", `${dir.path}/link`);
  const whole = await Share.of([dir.path]);
  return {
    dir,
    scoped: (scope) => new ScopedShare(whole, { path: "", kind: "folder", list: true, ...scope }),
  };
}

async function refused(reason: RefusalReason, work: Promise<unknown>, what: string): Promise<void> {
  await assert.rejects(work, (error) => error instanceof ShareError && error.reason === reason, what);
}

async function size(scoped: ScopedShare, path: string): Promise<number> {
  const { handle, size } = await scoped.openFileOrVideo(path);
  handle.close();
  return size;
}

Deno.test("scoped share: what is in the scope is opened, what is beside it or only linked is not", async () => {
  const { dir, scoped } = await share();
  await using _ = dir;
  const films = scoped({ path: "films" });
  for (
    const [path, bytes] of [["films/a.mp4", 2], ["films/in.mp4", 3], ["films/deep", 3], ["films", 3]] as const
  ) {
    assert.equal(await size(films, path), bytes, path);
  }
  const outside = [
    "",
    "other/c.mp4",
    "films/out/c.mp4",
    "films/out.mp4",
    "films/../other/c.mp4",
    "link/a.mp4",
  ];
  for (const path of [...outside, "films/out", `${dir.path}/films/a.mp4`]) {
    await refused("path-not-allowed", films.openFileOrVideo(path), path);
    await refused("path-not-allowed", films.openFile(path), path);
  }
  await refused("not-found", films.openFile("films/none.mp4"), "a file that is not there");
  // A scope that is itself reached through a link is what the link leads to.
  assert.equal(await size(scoped({ path: "link" }), "link/a.mp4"), 2);

  const whole = scoped({});
  assert.ok(whole.isWhole);
  assert.equal(await size(whole, "films/out/c.mp4"), 4);
  assert.equal(await size(whole, `${dir.path}/films/a.mp4`), 2);
});

Deno.test("scoped share: a file's scope is that file, and no folder that takes its place", async () => {
  const { dir, scoped } = await share();
  await using _ = dir;
  const file = scoped({ path: "films/a.mp4", kind: "file" });
  assert.equal(await size(file, "films/a.mp4"), 2);
  await refused("path-not-allowed", file.openFile("films/deep/b.mp4"), "another");
  const library = new Library(file);
  await refused("path-not-allowed", library.list("films", null), "the folder");
  await refused("path-not-allowed", library.search("mp4", 10, FOREVER), "a search");
  await Deno.remove(`${dir.path}/films/a.mp4`);
  await dir.put("films/a.mp4/inside.mp4", "i");
  await refused("path-not-allowed", file.openFileOrVideo("films/a.mp4"), "a folder");
});

Deno.test("scoped share: lists and searches show the scope alone, and only where they are allowed", async () => {
  const { dir, scoped } = await share();
  await using _ = dir;
  const library = new Library(scoped({ path: "films" }));
  const { entries } = await library.list("films", null);
  assert.deepEqual(entries.map(({ name }) => name), ["a.mp4", "deep", "in.mp4"]);
  assert.deepEqual((await library.list("films/deep", null)).entries.map(({ name }) => name), ["b.mp4"]);
  for (const path of ["", "other", "films/out", "films/.."]) {
    await refused("path-not-allowed", library.list(path, null), path);
  }
  const found = await library.search("mp4", 50, FOREVER);
  assert.deepEqual(found.entries.map(({ path }) => path).sort(), [
    "films/a.mp4",
    "films/deep/b.mp4",
    "films/in.mp4",
  ]);
  const blind = new Library(scoped({ path: "films", list: false }));
  await refused("path-not-allowed", blind.list("films", null), "a list");
  await refused("path-not-allowed", blind.search("mp4", 50, FOREVER), "a search");
  await refused("path-not-allowed", new Library(scoped({ list: false })).list("", null), "the top");
});

Deno.test("scoped share: of several folders one can be the scope, by its name", async () => {
  await using dir = await TempDir.make();
  await dir.put("films/a.mp4", "aa");
  await dir.put("series/b.mp4", "bbb");
  const both = await Share.of([`${dir.path}/films`, `${dir.path}/series`]);
  assert.equal(both.pathOf(`${dir.path}/series/b.mp4`), "series/b.mp4");
  assert.equal(both.pathOf(`${dir.path}/else`), undefined);
  const library = new Library(new ScopedShare(both, { path: "series", kind: "folder", list: true }));
  assert.deepEqual((await library.list("series", null)).entries.map(({ name }) => name), ["b.mp4"]);
  await refused("path-not-allowed", library.list("", null), "the top");
  await refused("path-not-allowed", library.list("films", null), "the other");
  const found = await library.search("mp4", 50, FOREVER);
  assert.deepEqual(found.entries.map(({ path }) => path), ["series/b.mp4"]);
});
