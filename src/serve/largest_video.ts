import { isLegalName } from "./path_rules.ts";
import { type Share, ShareError } from "./share.ts";

/** Names of video files. */
export const VIDEO = /\.(mkv|mp4|avi|m4v|wmv|ts|webm|mov|mpg|mpeg|vob|flv)$/i;

/** Bounds of the walk: levels below the directory, entries in all, milliseconds. */
const MAX_DEPTH = 8;
const MAX_ENTRIES = 20_000;
const MAX_MS = 5_000;

/**
 * The largest video file below a directory; of equals the first in the order of a walk by name. Links
 * and hidden names are skipped, unreadable directories too, and what lies beyond the bounds.
 *
 * @param directory canonical path inside the share
 * @returns its absolute path
 * @throws {ShareError} `no-video` where there is none
 */
export async function largestVideo(
  share: Share,
  directory: string,
  now: () => number = () => performance.now(),
): Promise<string> {
  const until = now() + MAX_MS;
  let entries = 0;
  let best: { path: string; size: number } | undefined;

  async function walk(path: string, depth: number): Promise<void> {
    for (const entry of await sortedEntries(path)) {
      if (++entries > MAX_ENTRIES || now() > until) return;
      if (entry.isSymlink || !isLegalName(entry.name)) continue;
      const child = `${path.replace(/[\\/]$/, "")}/${entry.name}`;
      if (entry.isDirectory && depth < MAX_DEPTH) await walk(child, depth + 1);
      if (!entry.isFile || !VIDEO.test(entry.name)) continue;
      const size = await Deno.lstat(child).then((info) => info.size, () => 0);
      if (size > (best?.size ?? 0)) best = { path: child, size };
    }
  }

  if (share.below(directory) !== undefined) await walk(directory, 1);
  if (best === undefined) throw new ShareError("no-video", "the folder holds no video");
  return best.path;
}

const utf8 = new TextEncoder();

/** Entries in the byte order of their names; none where the directory cannot be read. */
async function sortedEntries(path: string): Promise<Deno.DirEntry[]> {
  const entries: { bytes: Uint8Array; entry: Deno.DirEntry }[] = [];
  try {
    for await (const entry of Deno.readDir(path)) {
      entries.push({ bytes: utf8.encode(entry.name), entry });
      if (entries.length > MAX_ENTRIES) break;
    }
  } catch {
    return [];
  }
  return entries.sort((a, b) => compareBytes(a.bytes, b.bytes)).map(({ entry }) => entry);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
