import assert from "node:assert/strict";
import { crc32 as zlibCrc32 } from "node:zlib";
import { crc32 } from "../../../src/player/downloads/crc32.ts";
import { joined } from "../../../src/player/downloads/pieces.ts";
import { zip, zipLength, type ZipSource } from "../../../src/player/downloads/zip.ts";
import { pattern } from "../support/scripted_agent.ts";
import { readZip, unzipTest } from "./support/unzip.ts";
import { FULL } from "../../support/extent.ts";

const MODIFIED = Date.UTC(2021, 4, 3, 12, 30, 41);

async function* of(...pieces: Uint8Array<ArrayBuffer>[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

async function* sourcesOf(sources: Iterable<ZipSource>): AsyncGenerator<ZipSource> {
  for (const source of sources) yield await Promise.resolve(source);
}

/** Writes the archive to a file, and returns how long it is. */
async function write(path: string, sources: Iterable<ZipSource>): Promise<number> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  let length = 0;
  for await (const piece of joined(zip(sourcesOf(sources)))) {
    await writer.write(piece);
    length += piece.byteLength;
  }
  await writer.close();
  return length;
}

Deno.test("the checksum is zlib's, however the bytes are cut", () => {
  const bytes = pattern(10_000);
  for (const length of [0, 1, 2, 3, 4, 5, 255, 9_999, 10_000]) {
    assert.equal(crc32(bytes.subarray(0, length)), zlibCrc32(bytes.subarray(0, length)), `${length}`);
  }
  for (const cut of [1, 2, 3, 4, 1_001]) {
    assert.equal(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), zlibCrc32(bytes));
  }
});

Deno.test("unzip and Python read the archive, with names, times and bytes, and it is as long as was said", async () => {
  const directory = await Deno.makeTempDir({ prefix: "unarr-zip-" });
  try {
    const path = `${directory}/a.zip`;
    const large = pattern(300_000);
    const sources = [
      { name: "top/", modified: MODIFIED, size: 0 },
      {
        name: "top/Ünïcode 日本.bin",
        modified: MODIFIED,
        size: 300_000,
        content: of(large.slice(0, 7), large.slice(7)),
      },
      { name: "top/empty", modified: 0, size: 0, content: of() },
      { name: "top/before ZIP.txt", modified: Date.UTC(1975, 0), size: 3, content: of(pattern(3)) },
    ];
    const length = await write(path, sources);
    assert.equal(length, zipLength(sources));
    await unzipTest(path);
    const items = await readZip(path);
    assert.deepEqual(
      items.map(({ name, size }) => [name, size]),
      sources.map(({ name, size }) => [name, size]),
    );
    assert.equal(items[1]!.crc, zlibCrc32(large));
    assert.equal(items[1]!.unixTime, Math.floor(MODIFIED / 1000));
    assert.equal(items[2]!.unixTime, undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("more than 65,535 files make a ZIP64 archive", async () => {
  const directory = await Deno.makeTempDir({ prefix: "unarr-zip-" });
  try {
    const path = `${directory}/a.zip`;
    const count = 65_600;
    const sources = function* (): Generator<ZipSource> {
      for (let i = 0; i < count; i++) {
        yield { name: `many/${i}`, modified: MODIFIED, size: 1, content: of(new Uint8Array([i & 255])) };
      }
    };
    assert.equal(await write(path, sources()), zipLength(sources()));
    await unzipTest(path);
    assert.equal((await readZip(path)).length, count);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test({
  name: "a file over 4 GiB, and another after it, make a ZIP64 archive (UNARR_TEST_FULL=1)",
  ignore: !FULL,
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "unarr-zip-" });
    try {
      const path = `${directory}/a.zip`;
      const piece = pattern(1 << 20);
      const pieces = 4_200;
      const large = { name: "large.bin", modified: MODIFIED, size: pieces * piece.length };
      const sources = [
        { ...large, content: of(...Array(pieces).fill(piece)) },
        { name: "after.bin", modified: MODIFIED, size: 1_000, content: of(pattern(1_000)) },
      ];
      assert.equal(await write(path, sources), zipLength(sources));
      await unzipTest(path);
      const items = await readZip(path);
      assert.deepEqual(items.map(({ size }) => size), [large.size, 1_000]);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("a content of another length than was said breaks the archive off", async () => {
  for (const size of [2, 4]) {
    const source = { name: "a", modified: 0, size, content: of(pattern(3)) };
    await assert.rejects(Array.fromAsync(zip(sourcesOf([source]))), RangeError);
  }
});
