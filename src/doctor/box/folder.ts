import { VIDEO } from "../../serve/largest_video.ts";
import { isLegalName } from "../../serve/path_rules.ts";
import { bad, type Finding, good } from "../check.ts";

/** Bounds of the look: levels of folders, entries in all, milliseconds. */
const MAX_DEPTH = 8;
const MAX_ENTRIES = 20_000;
const MAX_MS = 3_000;

/** What a folder holds, as far as the look went. */
interface Holdings {
  videos: number;
  entries: number;
  /** Folders in it that this user may not read. */
  closed: number;
  /** Whether a bound ended the look. */
  cut: boolean;
}

/** The folder's canonical path; undefined where it cannot be read. */
export async function canonicalFolder(path: string): Promise<string | undefined> {
  try {
    const real = await Deno.realPath(path);
    for await (const _ of Deno.readDir(path)) break;
    return real;
  } catch {
    return undefined;
  }
}

/** Whether a folder can be shared, and how many videos there are. */
export async function lookAtFolder(
  path: string,
  now: () => number = () => performance.now(),
): Promise<Finding> {
  const held: Holdings = { videos: 0, entries: 0, closed: 0, cut: false };
  try {
    await walk(path, 1, now() + MAX_MS, now, held);
  } catch (error) {
    return unreadable(error);
  }
  const { videos, closed, cut } = held;
  const found = videos === 0 ? "no video" : `${videos} ${videos === 1 ? "video" : "videos"}`;
  const more = closed === 0 ? "" : `; ${closed} of the folders in it cannot be read`;
  return good(`can be read, ${cut ? `${found} at a quick look, there may be more` : found}${more}`);
}

/** @throws {Error} of the system for the first folder */
async function walk(
  path: string,
  depth: number,
  until: number,
  now: () => number,
  held: Holdings,
): Promise<void> {
  const below: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(path)) {
    if (++held.entries > MAX_ENTRIES || now() > until) {
      held.cut = true;
      return;
    }
    if (!isLegalName(name)) continue;
    if (isFile && VIDEO.test(name)) held.videos++;
    if (isDirectory) below.push(`${path.replace(/[\\/]$/, "")}/${name}`);
  }
  for (const folder of below) {
    if (held.cut || depth === MAX_DEPTH) {
      held.cut = true;
      return;
    }
    try {
      await walk(folder, depth + 1, until, now, held);
    } catch {
      held.closed++;
    }
  }
}

function unreadable(error: unknown): Finding {
  if (error instanceof Deno.errors.NotFound) {
    return bad("does not exist", "Check the spelling, and that its disk is connected.");
  }
  if (error instanceof Deno.errors.NotADirectory) {
    return bad("is not a folder", "Name the folder that the file is in.");
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return bad("may not be read by this user", "Give the user who runs unarr-stream leave to read it.");
  }
  return bad("cannot be read", "Check the disk or the network drive that it is on.");
}
