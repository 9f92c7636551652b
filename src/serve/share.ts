import { openChecked, sameFile } from "./checked_open.ts";
import { componentsBelow, isAbsolute, isLegalName, split } from "./path_rules.ts";

/** Why a path is not served; the reasons are those of `bye`. */
export type RefusalReason = "path-not-allowed" | "not-found" | "no-video";

/** A path that is not served. Its message holds no path. */
export class ShareError extends Error {
  override readonly name = "ShareError";

  constructor(readonly reason: RefusalReason, message: string) {
    super(message);
  }
}

/** A file of the share, opened and checked. */
export interface OpenedFile {
  readonly handle: Deno.FsFile;
  /** Base name on disk. */
  readonly name: string;
  /** Bytes, at the time of opening. */
  readonly size: number;
  /** Milliseconds since 1970, at the time of opening; null where the file system has none. */
  readonly modified: number | null;
}

/** A place in the share that was found and lies inside it; for directories and for looking at. */
export interface Place {
  /** Canonical path, every link resolved. */
  readonly real: string;
  readonly info: Deno.FileInfo;
}

/** A shared directory. */
export interface Root {
  /** What it is called at the top when several are shared. */
  readonly name: string;
  /** Canonical path. */
  readonly path: string;
}

/** The longest path that is looked at, in UTF-16 code units. */
const MAX_PATH_LENGTH = 4_096;

/**
 * The shared directories and the one way to open what is in them.
 *
 * Deno's read permission follows links out of a directory, and opens pipes and devices; so every path
 * is checked here: each component legal, the canonical path inside a root, a regular file before it is
 * opened, and the opened file the one that was looked at. A local writer who swaps folders all the while
 * keeps a chance that is small and not zero (SECURITY.md).
 */
export class Share {
  private constructor(readonly roots: readonly Root[]) {}

  /**
   * @param directories at least one
   * @throws {Error} with a sentence, for one that is missing, unreadable or no directory
   */
  static async of(directories: readonly string[]): Promise<Share> {
    const roots: Root[] = [];
    for (const directory of directories) {
      const path = await canonicalDirectory(directory);
      if (roots.some((root) => root.path === path)) continue;
      roots.push({ name: freeName(path, roots), path });
    }
    if (roots.length === 0) throw new Error("no folder is shared");
    return new Share(roots);
  }

  /**
   * Opens a regular file for reading.
   *
   * @param path inside the share, `/` between its parts, or absolute and inside a root
   * @param within a canonical path that the file has to be at or below
   * @throws {ShareError}
   */
  async openFile(path: string, within?: string): Promise<OpenedFile> {
    const place = await this.find(path, within);
    if (!place.info.isFile) throw notAllowed();
    return await this.#openPlace(place, path);
  }

  /**
   * Finds what `path` names, following links that stay inside the share.
   *
   * @param within a canonical path that it has to be at or below
   * @throws {ShareError}
   */
  async find(path: string, within?: string): Promise<Place> {
    const { root, parts } = this.#locate(path);
    const real = await Deno.realPath(join(root, parts)).catch(async (error) => {
      throw isAbsence(error) ? await this.#absence(root, parts) : notAllowed();
    });
    if (this.below(real) === undefined) throw notAllowed();
    if (within !== undefined && componentsBelow(within, real) === undefined) throw notAllowed();
    const info = await ask(() => Deno.lstat(real));
    if (info.isSymlink) throw notAllowed();
    return { real, info };
  }

  /** Whether a canonical path is one still: nothing on the way has become a link. */
  async isCanonical(real: string): Promise<boolean> {
    return await Deno.realPath(real).then((path) => path === real, () => false);
  }

  /** The components of a canonical path below the root that holds it, or undefined outside the share. */
  below(real: string): string[] | undefined {
    for (const root of this.roots) {
      const below = componentsBelow(root.path, real);
      if (below !== undefined && below.every((name) => isLegalName(name))) return below;
    }
    return undefined;
  }

  /** What viewers call a canonical path of the share, or undefined outside of it. */
  pathOf(real: string): string | undefined {
    const root = this.roots.find(({ path }) => componentsBelow(path, real) !== undefined);
    if (root === undefined) return undefined;
    return [...(this.roots.length > 1 ? [root.name] : []), ...componentsBelow(root.path, real)!].join("/");
  }

  /** Whether `path` names the list of the roots rather than a directory. */
  isTop(path: string): boolean {
    return this.roots.length > 1 && !isAbsolute(path) && split(path).length === 0;
  }

  /** The root that `path` is below, and the legal names that lead from there. */
  #locate(path: string): { root: string; parts: string[] } {
    if (path.length > MAX_PATH_LENGTH) throw notAllowed();
    if (isAbsolute(path)) {
      for (const root of this.roots) {
        const below = componentsBelow(root.path, path);
        if (below !== undefined) return { root: root.path, parts: legal(below) };
      }
      throw notAllowed();
    }
    const parts = split(path);
    if (this.roots.length === 1) return { root: this.roots[0]!.path, parts: legal(parts) };
    const root = this.roots.find(({ name }) => name === parts[0]);
    if (root === undefined) {
      // Says no more of what exists outside the share than of what does not exist inside it.
      throw parts.every((name) => isLegalName(name)) && parts.length > 0 ? notFound() : notAllowed();
    }
    return { root: root.path, parts: legal(parts.slice(1)) };
  }

  /** Why nothing is found: what is and what is not outside the share is refused alike. */
  async #absence(root: string, parts: readonly string[]): Promise<ShareError> {
    for (let count = 1; count <= parts.length; count++) {
      const path = join(root, parts.slice(0, count));
      const real = await Deno.realPath(path).catch(() => undefined);
      if (real === undefined) {
        const isLink = await Deno.lstat(path).then((info) => info.isSymlink, () => false);
        return isLink ? notAllowed() : notFound();
      }
      if (this.below(real) === undefined) return notAllowed();
    }
    return notFound();
  }

  async #openPlace({ real, info }: Place, path: string): Promise<OpenedFile> {
    const opened = await ask(() => openChecked(real, info));
    if (opened === undefined) throw notAllowed();
    const { handle } = opened;
    try {
      const again = await this.find(path);
      if (again.real !== real || !sameFile(again.info, opened.info)) throw notAllowed();
    } catch (error) {
      handle.close();
      throw error;
    }
    const { size, mtime } = opened.info;
    return { handle, name: split(real).at(-1)!, size, modified: mtime?.getTime() ?? null };
  }
}

function legal(parts: string[]): string[] {
  if (!parts.every((name) => isLegalName(name))) throw notAllowed();
  return parts;
}

function join(root: string, parts: readonly string[]): string {
  const separator = root.endsWith("/") || root.endsWith("\\") ? "" : "/";
  return parts.length === 0 ? root : root + separator + parts.join("/");
}

function notAllowed(): ShareError {
  return new ShareError("path-not-allowed", "the path is not allowed");
}

function notFound(): ShareError {
  return new ShareError("not-found", "there is nothing at the path");
}

/** Runs one question to the file system; its errors become refusals. */
async function ask<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    throw isAbsence(error) ? notFound() : notAllowed();
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

async function canonicalDirectory(directory: string): Promise<string> {
  try {
    const path = await Deno.realPath(directory);
    if (!(await Deno.stat(path)).isDirectory) throw new Error(`${directory} is not a folder`);
    // A directory may be entered and yet not be read.
    for await (const _ of Deno.readDir(path)) break;
    return path;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new Error(`the folder ${directory} does not exist`);
    if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
      throw new Error(`the folder ${directory} cannot be read: permission denied`);
    }
    throw error;
  }
}

/** The base name of `path`, numbered where another root has it already. */
function freeName(path: string, roots: readonly Root[]): string {
  const base = split(path).at(-1) ?? "share";
  let name = base;
  for (let n = 2; roots.some((root) => root.name === name); n++) name = `${base} (${n})`;
  return name;
}
