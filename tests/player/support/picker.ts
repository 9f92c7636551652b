/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Browser } from "./browser.ts";

/**
 * Pages can ask where to save a file, and are given a real one of the origin's private file system, since nobody
 * is there to answer the dialog.
 */
export async function givePicker(browser: Browser): Promise<void> {
  await browser.context.addInitScript(() => {
    const showSaveFilePicker = async ({ suggestedName }: { suggestedName: string }) =>
      await (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
    Object.assign(globalThis, { showSaveFilePicker });
  });
}

/** Paths of the browser's private files of at least `size` bytes, as they lie on the disk. */
export async function privateFiles(browser: Browser, size: number): Promise<string[]> {
  const { stdout } = await new Deno.Command("find", {
    args: [`${browser.profile}/Default/File System`, "-type", "f", "-size", `+${size - 1}c`],
  }).output();
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
}

/** SHA-256 of a file of any size. */
export async function sha256(path: string): Promise<string> {
  const { success, stdout } = await new Deno.Command("sha256sum", { args: [path] }).output();
  assert.ok(success, path);
  return new TextDecoder().decode(stdout).split(" ", 1)[0]!;
}

/** A file of random bytes. */
export async function makeRandomFile(path: string, size: number): Promise<void> {
  using from = await Deno.open("/dev/urandom");
  using to = await Deno.open(path, { write: true, createNew: true });
  const bytes = new Uint8Array(1 << 20);
  for (let left = size; left > 0;) {
    const count = await from.read(bytes.subarray(0, Math.min(left, bytes.length)));
    for (let at = 0; at < count!;) at += await to.write(bytes.subarray(at, count!));
    left -= count!;
  }
}

/** A file that takes little room on this disk: of zeros, with its place written at the start of each MiB. */
export async function makeSparseFile(path: string, size: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  await file.truncate(size);
  for (let at = 0; at + 8 <= size; at += 1 << 20) {
    await file.seek(at, Deno.SeekMode.Start);
    const mark = new Uint8Array(8);
    new DataView(mark.buffer).setBigUint64(0, BigInt(at + 1));
    await file.write(mark);
  }
}
