import assert from "node:assert/strict";
import { fillSeeded, SeededFile } from "../../bench/seeded_file.ts";
import { TempDir } from "../support/temp_dir.ts";

const MIB = 1 << 20;

Deno.test("the generator is xorshift32, as Marsaglia gives it", () => {
  // The state after one step from 1; known from his paper's triple 13, 17, 5.
  assert.equal(fillSeeded(new Uint32Array(1), 1), 270_369);
  const words = new Uint32Array(1);
  fillSeeded(words, 1);
  assert.equal(words[0], Number(BigInt.asUintN(32, 270_369n * 0x9e3779b1n)));
  assert.throws(() => fillSeeded(words, 0), RangeError);
});

Deno.test("a block goes on where the one before ended", () => {
  const whole = new Uint32Array(10);
  fillSeeded(whole, 42);
  const [first, second] = [new Uint32Array(4), new Uint32Array(6)];
  fillSeeded(second, fillSeeded(first, 42));
  assert.deepEqual([...first, ...second], [...whole]);
});

Deno.test("the same seed gives the same file, another seed another", async () => {
  await using dir = await TempDir.make();
  await Promise.all(["a", "b", "c"].map((name) => Deno.mkdir(`${dir.path}/${name}`)));
  const [a, b, c] = await Promise.all([
    SeededFile.make(`${dir.path}/a`, 2 * MIB, 7),
    SeededFile.make(`${dir.path}/b`, 2 * MIB, 7),
    SeededFile.make(`${dir.path}/c`, 2 * MIB, 8),
  ]);
  const [contentA, contentB, contentC] = await Promise.all([a, b, c].map(({ path }) => Deno.readFile(path)));
  assert.equal(contentA!.byteLength, 2 * MIB);
  assert.deepEqual(contentA, contentB);
  assert.notDeepEqual(contentA, contentC);
  // The same on every machine and in every version: figures of two runs are of the same bytes.
  assert.equal(
    await (await SeededFile.make(dir.path, MIB, 1)).sha256(0, MIB),
    "946bfbd0af3efede99aac81f7802149b8bf37ac2258e5d75e640c474cae5afaf",
  );
});

Deno.test("the bytes are as good as random: all values as often, no block like another", async () => {
  await using dir = await TempDir.make();
  const file = await SeededFile.make(dir.path, 2 * MIB, 1);
  const bytes = await file.bytes(0, 2 * MIB);
  const counts = new Array<number>(256).fill(0);
  for (const byte of bytes) counts[byte]!++;
  const expected = bytes.byteLength / 256;
  // Six standard deviations; a file that compresses would flatter whoever compresses.
  assert.ok(counts.every((count) => Math.abs(count - expected) < 6 * Math.sqrt(expected)), counts.join(" "));
  assert.notDeepEqual(bytes.subarray(0, MIB), bytes.subarray(MIB));
});

Deno.test("ranges and their hashes are those of the file", async () => {
  await using dir = await TempDir.make();
  const file = await SeededFile.make(dir.path, 2 * MIB, 3);
  const content = await Deno.readFile(file.path);
  const range = content.subarray(MIB - 5, MIB + 7);
  assert.deepEqual(await file.bytes(MIB - 5, 12), range);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", range));
  assert.equal(await file.sha256(MIB - 5, 12), digest.toHex());
  await assert.rejects(file.bytes(2 * MIB - 1, 2), RangeError);
  await assert.rejects(SeededFile.make(dir.path, MIB + 1, 3), RangeError);
});
