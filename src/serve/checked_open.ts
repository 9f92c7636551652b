/** How long opening a file may take, in milliseconds: a pipe that was put in its place never opens. */
const OPEN_MS = 5_000;

/** Files that may be on their way without having opened in time; each holds one thread of the runtime. */
const MAX_LATE = 16;

/** Looks at the path of an opened file. */
const LOOKS = 32;

let late = 0;

/** A file that was opened, and what it is. */
export interface Opened {
  readonly handle: Deno.FsFile;
  readonly info: Deno.FileInfo;
}

/**
 * Opens the regular file that was found at a canonical path, and makes sure that it was that one.
 *
 * @param real every link resolved
 * @param expected what is there, from a look that followed no link
 * @param openMs how long opening may take, in milliseconds
 * @returns undefined where something else is there by now, or opening takes too long
 * @throws {Error} as the system does
 */
export async function openChecked(
  real: string,
  expected: Deno.FileInfo,
  openMs = OPEN_MS,
): Promise<Opened | undefined> {
  const handle = await openInTime(real, openMs);
  if (handle === undefined) return undefined;
  try {
    const info = await handle.stat();
    if (info.isFile && sameFile(info, expected) && await staysAt(real, info)) return { handle, info };
  } catch (error) {
    handle.close();
    throw error;
  }
  handle.close();
  return undefined;
}

/** Whether both describe one file. Where the system has no inode numbers, whether both are files. */
export function sameFile(a: Deno.FileInfo, b: Deno.FileInfo): boolean {
  if (a.ino === null || b.ino === null) return a.isFile && b.isFile;
  return a.dev === b.dev && a.ino === b.ino;
}

async function openInTime(real: string, ms: number): Promise<Deno.FsFile | undefined> {
  if (late >= MAX_LATE) return undefined;
  const opening = Deno.open(real, { read: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<undefined>((resolve) => timer = setTimeout(() => resolve(undefined), ms));
  const handle = await Promise.race([opening, tooLate]).finally(() => clearTimeout(timer));
  if (handle === undefined) {
    late++;
    void opening.then((file) => file.close(), () => {}).finally(() => late--);
  }
  return handle;
}

/**
 * Whether the path leads to the opened file and goes through no link.
 *
 * No call of Deno's asks for both at once. Somebody who swaps a folder and a link for each other makes
 * the one true at one moment and the other at the next, so both are asked several times in an order that
 * cannot be foreseen: each look halves the chance of being there with the right one.
 */
async function staysAt(real: string, opened: Deno.FileInfo): Promise<boolean> {
  let order = crypto.getRandomValues(new Uint32Array(1))[0]!;
  for (let look = 0; look < LOOKS; look++, order >>>= 1) {
    const fits = (order & 1) === 0
      ? await Deno.realPath(real) === real
      : sameFile(await Deno.lstat(real), opened);
    if (!fits) return false;
  }
  return true;
}
