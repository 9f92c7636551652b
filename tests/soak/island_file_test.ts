import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { TempDir } from "../support/temp_dir.ts";
import { hashOfFile, writeIslands } from "./island_file.ts";

const SIZE = 5_000_000;
const STRETCH = 131_072;

Deno.test("island file: the same seed gives the same bytes, with something in each stretch", async () => {
  await using dir = await TempDir.make();
  const [first, same, other] = await Promise.all(
    ([["a", 1], ["b", 1], ["c", 2]] as const).map(async ([name, seed]) => {
      await writeIslands(`${dir.path}/${name}`, SIZE, seed);
      return await Deno.readFile(`${dir.path}/${name}`);
    }),
  );
  assert.equal(first!.byteLength, SIZE);
  assert.ok(first!.every((byte, i) => byte === same![i]));
  assert.ok(first!.some((byte, i) => byte !== other![i]));
  const stretches = new Set<string>();
  for (let at = 0; at + STRETCH <= SIZE; at += STRETCH) {
    const stretch = first!.subarray(at, at + STRETCH);
    assert.ok(stretch.some((byte) => byte !== 0), `${at}`);
    stretches.add(createHash("sha256").update(stretch).digest("hex"));
  }
  assert.equal(stretches.size, Math.floor(SIZE / STRETCH), "no two are alike");
});

Deno.test("island file: its hash is that of its bytes", async () => {
  await using dir = await TempDir.make();
  await writeIslands(`${dir.path}/a`, SIZE, 3);
  const expected = createHash("sha256").update(await Deno.readFile(`${dir.path}/a`)).digest("hex");
  assert.equal(await hashOfFile(`${dir.path}/a`), expected);
});
