import assert from "node:assert/strict";
import { Library } from "../../src/serve/library.ts";
import { ScopedShare } from "../../src/serve/scoped_share.ts";
import { Share, ShareError } from "../../src/serve/share.ts";

async function library(names: string[]): Promise<{ library: Library; base: string } & AsyncDisposable> {
  const base = await Deno.realPath(await Deno.makeTempDir());
  for (const name of names) {
    await Deno.mkdir(`${base}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${base}/${name}`, name);
  }
  return {
    library: new Library(new ScopedShare(await Share.of([base]))),
    base,
    [Symbol.asyncDispose]: () => Deno.remove(base, { recursive: true }),
  };
}

Deno.test("library: lists one folder with kinds, sizes and dates, without hidden names and stray links", async () => {
  await using made = await library(["b.mp4", "a/c.txt", ".hidden", "z.txt"]);
  await Deno.symlink("/etc", `${made.base}/etc`);
  await Deno.symlink("b.mp4", `${made.base}/link.mp4`);
  await new Deno.Command("mkfifo", { args: [`${made.base}/pipe`] }).output();
  const { entries, cursor } = await made.library.list("", null);
  assert.deepEqual(entries.map(({ name, kind, size }) => [name, kind, size]), [
    ["a", "dir", 0],
    ["b.mp4", "file", 5],
    ["link.mp4", "file", 5],
    ["z.txt", "file", 5],
  ]);
  assert.equal(cursor, null);
  assert.ok(Math.abs(entries[1]!.modified - Date.now()) < 60_000);
});

Deno.test("library: 450 entries come in pages of 200, each name once", async () => {
  const names = Array.from({ length: 450 }, (_, i) => `f${String(i).padStart(4, "0")}`);
  await using made = await library(names);
  const seen: string[] = [];
  const sizes: number[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Library["list"]>> = await made.library.list("", cursor);
    sizes.push(page.entries.length);
    seen.push(...page.entries.map(({ name }) => name));
    cursor = page.cursor;
  } while (cursor !== null);
  assert.deepEqual(seen, names);
  assert.deepEqual(sizes, [200, 200, 50]);
});

Deno.test("library: an answer stays well inside a message, however long the names are", async () => {
  await using made = await library(
    Array.from({ length: 300 }, (_, i) => `${String(i).padStart(3, "0")}${"x".repeat(240)}`),
  );
  const page = await made.library.list("", null);
  assert.ok(JSON.stringify(page).length < 40_000);
  assert.ok(page.cursor !== null && page.entries.length > 50);
});

Deno.test("library: a page ends after so many names, though none of them is shown", async () => {
  await using made = await library(["z.txt"]);
  for (let i = 0; i < 2_500; i++) Deno.symlinkSync("/etc", `${made.base}/a${String(i).padStart(4, "0")}`);
  const first = await made.library.list("", null);
  assert.deepEqual(first, { entries: [], cursor: "a1999" });
  const { entries, cursor } = await made.library.list("", first.cursor);
  assert.deepEqual([entries.map(({ name }) => name), cursor], [["z.txt"], null]);
});

Deno.test("library: questions are answered one after the other, and what fails holds up none", async () => {
  await using made = await library(["a.txt", "b/c.txt"]);
  const { signal } = new AbortController();
  const order: string[] = [];
  await Promise.all([
    made.library.list("", null).then(() => order.push("list")),
    made.library.list("missing", null).catch(() => order.push("missing")),
    made.library.search("c", 5, signal).then(() => order.push("search")),
    made.library.list("b", null).then(() => order.push("b")),
  ]);
  assert.deepEqual(order, ["list", "missing", "search", "b"]);
});

Deno.test("library: finds files and folders by the words in their names", async () => {
  await using made = await library([
    "Films/The Big Film (2020).mkv",
    "Films/other.txt",
    "big/b.txt",
    ".x/big.txt",
  ]);
  const { signal } = new AbortController();
  const { entries, truncated } = await made.library.search("BIG", 50, signal);
  assert.deepEqual(entries.map(({ path }) => path).sort(), ["Films/The Big Film (2020).mkv", "big"]);
  assert.equal(truncated, false);
  assert.equal((await made.library.search("film big", 50, signal)).entries.length, 1);
  assert.equal((await made.library.search("  ", 50, signal)).entries.length, 0);
  assert.equal((await made.library.search("b", 1, signal)).truncated, true);
});

Deno.test("library: what is no folder of the share is refused", async () => {
  await using made = await library(["a.txt"]);
  for (const path of ["a.txt", "missing", "..", "/etc"]) {
    await assert.rejects(made.library.list(path, null), ShareError, path);
  }
});
