import assert from "node:assert/strict";
import { PlayerError } from "../../../src/player/client/errors.ts";
import { type ArchiveFile, FolderArchive } from "../../../src/player/downloads/folder_archive.ts";
import {
  folderTree,
  type Lister,
  MAX_DEPTH,
  MAX_ENTRIES,
} from "../../../src/player/downloads/folder_tree.ts";
import type { ListEntry } from "../../../src/signal/library_entries.ts";
import { pattern } from "../support/scripted_agent.ts";
import { readZip, unzipTest } from "./support/unzip.ts";

const { signal } = new AbortController();

/** A folder in two pages, with the sizes of its files; folders are objects. */
interface Folder {
  readonly [name: string]: number | Folder;
}

function lister(top: Folder): Lister {
  return {
    list(path, cursor) {
      let folder = top;
      for (const part of path.split("/").filter(Boolean)) folder = folder[part] as Folder;
      const entries = Object.entries(folder).map(([name, size]): ListEntry => ({
        name,
        kind: typeof size === "number" ? "file" : "dir",
        size: typeof size === "number" ? size : 4_096,
        modified: Date.UTC(2024, 1, 2),
      }));
      const half = entries.length >> 1;
      return Promise.resolve(
        cursor === null
          ? { id: 1, entries: entries.slice(0, half), cursor: "half" }
          : { id: 1, entries: entries.slice(half), cursor: null },
      );
    },
  };
}

/** Files of the pattern, and how many of them are open. */
function opener(
  problems: Record<string, "missing" | "breaks" | "lost"> = {},
  sizes: Record<string, number> = {},
) {
  const state = {
    open: 0,
    most: 0,
    openFile(path: string): Promise<ArchiveFile> {
      const problem = problems[path];
      if (problem === "missing") return Promise.reject(new PlayerError("not-found", "No such file."));
      if (problem === "lost") return Promise.reject(new PlayerError("connection-lost", "The line is cut."));
      state.most = Math.max(state.most, ++state.open);
      const size = sizes[path] ?? 1_000;
      return Promise.resolve({
        size,
        read: () =>
          new ReadableStream({
            start(controller) {
              controller.enqueue(pattern(problem === "breaks" ? 10 : size));
              if (problem === "breaks") {
                controller.error(new PlayerError("read-error", "The disk is broken."));
              } else controller.close();
            },
          }),
        close: () => state.open--,
      });
    },
  };
  return state;
}

async function archived(archive: FolderArchive): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(await Array.fromAsync(archive.bytes(signal))).arrayBuffer());
}

async function read(bytes: Uint8Array) {
  const path = await Deno.makeTempFile({ suffix: ".zip" });
  try {
    await Deno.writeFile(path, bytes);
    await unzipTest(path);
    return await readZip(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a folder with folders in it becomes an archive, as long as was said", async () => {
  const top = { "a.bin": 1_000, deep: { er: { "b.bin": 1_000 }, "c.bin": 1_000 }, empty: {} };
  const counts: number[] = [];
  const entries = await folderTree(lister({ top }), "top", signal, (count) => counts.push(count));
  const files = opener();
  const archive = new FolderArchive("top", entries, files.openFile);
  const expected = archive.length;
  const bytes = await archived(archive);
  assert.equal(archive.name, "top.zip");
  assert.equal(bytes.byteLength, expected);
  assert.equal(archive.length, expected);
  assert.equal(files.open, 0);
  assert.equal(counts.at(-1), 6);
  const items = await read(bytes);
  assert.deepEqual(items.map(({ name }) => name).sort(), [
    "top/a.bin",
    "top/deep/",
    "top/deep/c.bin",
    "top/deep/er/",
    "top/deep/er/b.bin",
    "top/empty/",
  ]);
});

Deno.test("no name of the box leads out of the archive's folder, and none is there twice", async () => {
  const top = { "..": { "x\\..\\y.txt": 1_000 }, "a\n.txt": 1_000, "a\t.txt": 1_000, "A_.txt": 1_000 };
  const entries = await folderTree(lister(top), "", signal);
  const items = await read(await archived(new FolderArchive("../..", entries, opener().openFile)));
  assert.deepEqual(
    items.map(({ name }) => name).sort(),
    [
      "..___/A_ (3).txt",
      "..___/__/",
      "..___/__/x_.._y.txt",
      "..___/a_ (2).txt",
      "..___/a_.txt",
    ],
  );
});

Deno.test("files that cannot be opened are left out, and named in MISSING.txt", async () => {
  const top = { "a.bin": 1_000, "gone.bin": 1_000, "MISSING.txt": 1_000, "z.bin": 1_000 };
  const entries = await folderTree(lister(top), "", signal);
  const archive = new FolderArchive(
    "top",
    entries,
    opener({ "gone.bin": "missing" }, { "z.bin": 2_000 }).openFile,
  );
  const bytes = await archived(archive);
  assert.equal(archive.length, bytes.byteLength, "what was left out, added and grew is counted");
  assert.equal(archive.missing, 1);
  const items = await read(bytes);
  assert.deepEqual(items.map(({ name }) => name), [
    "top/a.bin",
    "top/MISSING.txt",
    "top/z.bin",
    "top/MISSING (2).txt",
  ]);
  assert.match(items.at(-1)!.text!, /\r\ngone\.bin\r\n/);
});

Deno.test("a file that breaks off in the middle breaks the archive off, with its name", async () => {
  const entries = await folderTree(lister({ "a.bin": 1_000, "b.bin": 1_000 }), "", signal);
  const files = opener({ "a.bin": "breaks" });
  await assert.rejects(
    archived(new FolderArchive("top", entries, files.openFile)),
    /a\.bin.*The disk is broken/,
  );
  assert.equal(files.open, 0, "all that was opened is closed");
});

Deno.test("a connection that is gone for good is not a file that is missing", async () => {
  const entries = await folderTree(lister({ "a.bin": 1_000 }), "", signal);
  const archive = new FolderArchive("top", entries, opener({ "a.bin": "lost" }).openFile);
  await assert.rejects(archived(archive), /The line is cut/);
});

Deno.test("few files are open at once, and all are closed when the reader stops", async () => {
  const top = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.bin`, 200_000]));
  const entries = await folderTree(lister(top), "", signal);
  const sizes = Object.fromEntries(Object.keys(top).map((name) => [name, 200_000]));
  const files = opener({}, sizes);
  for await (const piece of new FolderArchive("top", entries, files.openFile).bytes(signal)) {
    if (piece.byteLength >= 200_000) break;
  }
  await Promise.resolve();
  assert.equal(files.open, 0);
  assert.ok(files.most > 1 && files.most <= 5, `${files.most}`);
});

Deno.test("a folder that is too deep or too large is refused in words", async () => {
  const endless: Lister = {
    list: () =>
      Promise.resolve({ id: 1, entries: [{ name: "a", kind: "dir", size: 0, modified: 0 }], cursor: null }),
  };
  await assert.rejects(folderTree(endless, "", signal), new RegExp(`more than ${MAX_DEPTH} folders`));
  const entry: ListEntry = { name: "a", kind: "file", size: 0, modified: 0 };
  const huge: Lister = {
    list: () =>
      Promise.resolve({ id: 1, entries: Array<ListEntry>(MAX_ENTRIES / 4).fill(entry), cursor: "more" }),
  };
  await assert.rejects(folderTree(huge, "", signal), /more than 100,000 files/);
});
