import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Program } from "../support/program.ts";
import { seeded } from "../support/seeded.ts";
import { STACK_NAMES, type StackName } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { LONG } from "../support/extent.ts";

const MIB = 1 << 20;
const GIB = 1 << 30;

/** Random bytes on disk, and their hash. */
async function randomFile(path: string, mebibytes: number): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path, { write: true, create: true });
  for (let i = 0; i < mebibytes * 16; i++) {
    const block = crypto.getRandomValues(new Uint8Array(65_536));
    hash.update(block);
    await file.write(block);
  }
  return hash.digest("hex");
}

/** A file with holes: random bytes at its start, its end and around 4 GiB, nothing between. */
async function sparseFile(path: string, size: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  await file.truncate(size);
  for (const at of [0, 2 ** 31 - MIB, 2 ** 32 - MIB, size - 2 * MIB]) {
    await file.seek(at, Deno.SeekMode.Start);
    for (let i = 0; i < 32; i++) await file.write(crypto.getRandomValues(new Uint8Array(65_536)));
  }
}

async function hashOfRange(path: string, offset: number, length: number): Promise<string> {
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(MIB);
  for (let left = length; left > 0;) {
    const read = await file.read(buffer.subarray(0, Math.min(left, buffer.byteLength)));
    if (read === null) throw new Error("the file is too short");
    hash.update(buffer.subarray(0, read));
    left -= read;
  }
  return hash.digest("hex");
}

async function readHash(channel: FrameChannel, offset: number, length: number): Promise<string> {
  const hash = createHash("sha256");
  const { status } = await channel.read(offset, length, (data) => hash.update(data));
  assert.equal(status, 0);
  return hash.digest("hex");
}

/** 200 ranges, four at a time; every tenth begins near a border that arithmetic trips over. */
async function readRanges(channel: FrameChannel, path: string, size: number): Promise<void> {
  const random = seeded(200);
  const borders = [0, 2 ** 31 - 5, 2 ** 32 - 5, size - 10].filter((border) => border >= 0 && border < size);
  const ranges = Array.from({ length: 200 }, (_, i) => {
    const offset = i % 10 === 0 ? borders[(i / 10) % borders.length]! : Math.floor(random() * size);
    return { offset, length: Math.min(size - offset, 1 + Math.floor(random() * 300_000)) };
  });
  const next = ranges[Symbol.iterator]();
  await Promise.all([1, 2, 3, 4].map(async () => {
    for (const { offset, length } of next) {
      assert.equal(
        await readHash(channel, offset, length),
        await hashOfRange(path, offset, length),
        `${length} bytes at ${offset}`,
      );
    }
  }));
}

async function withFile(
  stack: StackName,
  make: (path: string) => Promise<void>,
  use: (channel: FrameChannel, path: string, size: bigint) => Promise<void>,
): Promise<void> {
  await using dir = await TempDir.make();
  const path = `${dir.path}/film.bin`;
  await make(path);
  await using program = await Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
  const { viewer, channel, hello } = await Viewer.open({
    ...await program.access(),
    stack,
    filePath: "film.bin",
  });
  await use(channel, path, hello.fileSize);
  await viewer.close();
}

for (const stack of STACK_NAMES) {
  Deno.test(`bytes: a 64 MiB random file, whole and at 200 random ranges (${stack})`, async () => {
    let expected = "";
    await withFile(
      stack,
      async (path) => void (expected = await randomFile(path, 64)),
      async (channel, path, size) => {
        assert.equal(size, BigInt(64 * MIB));
        assert.equal(await readHash(channel, 0, 0), expected);
        await readRanges(channel, path, 64 * MIB);
      },
    );
  });

  Deno.test(`bytes: a 5 GiB sparse file at 200 random ranges (${stack})`, async () => {
    await withFile(stack, (path) => sparseFile(path, 5 * GIB), async (channel, path, size) => {
      assert.equal(size, BigInt(5 * GIB));
      await readRanges(channel, path, 5 * GIB);
    });
  });
}

Deno.test({
  name: `bytes: a 5 GiB sparse file whole, at viewers of both stacks${LONG ? "" : " (UNARR_TEST_LONG=1)"}`,
  ignore: !LONG,
  timeout: 20 * 60_000,
  fn: async () => {
    await Promise.all(
      STACK_NAMES.map((stack) =>
        withFile(stack, (path) => sparseFile(path, 5 * GIB), async (channel, path) => {
          const received = await readHash(channel, 0, 0);
          assert.equal(received, await hashOfRange(path, 0, 5 * GIB));
        })
      ),
    );
  },
});
