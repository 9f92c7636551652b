import { createHash } from "node:crypto";
import { seeded, seededBytes } from "../support/seeded.ts";

/** One island of {@link ISLAND} bytes in each stretch of this many, in bytes. */
const STRETCH = 131_072;
const ISLAND = 4_096;

/** Seeded bytes that islands are cut from, in bytes. */
const POOL = 1 << 20;

/**
 * Writes a sparse file of `size` bytes: holes, and in each {@link STRETCH} an island of seeded bytes at a
 * seeded place with its own number in front, so that nothing can be left out, doubled or moved unnoticed.
 * It takes a thirty-second of its size on disk.
 */
export async function writeIslands(path: string, size: number, seed: number): Promise<void> {
  const random = seeded(seed);
  const pool = seededBytes(random, POOL);
  using file = await Deno.open(path, { write: true, create: true });
  await file.truncate(size);
  for (let number = 0; (number + 1) * STRETCH <= size; number++) {
    const from = Math.floor(random() * (POOL - ISLAND));
    const island = pool.slice(from, from + ISLAND);
    new DataView(island.buffer).setUint32(0, number);
    const place = number * STRETCH + Math.floor(random() * (STRETCH - ISLAND));
    await file.seek(place, Deno.SeekMode.Start);
    await file.write(island);
  }
}

/** SHA-256 of a file, in hex. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(1 << 20);
  for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
    hash.update(buffer.subarray(0, read));
  }
  return hash.digest("hex");
}
