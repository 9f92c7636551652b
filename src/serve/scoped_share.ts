import { mayList, mayRead, type Scope, WHOLE_SHARE } from "../trust/scope.ts";
import { largestVideo } from "./largest_video.ts";
import { type OpenedFile, type Place, type Share, ShareError } from "./share.ts";

/**
 * A share, as far as a viewer's link allows it. Links of the file system that lead out of the scope lead nowhere,
 * as those that lead out of the share.
 */
export class ScopedShare {
  constructor(readonly share: Share, readonly scope: Scope = WHOLE_SHARE) {}

  /** @throws {ShareError} */
  async openFile(path: string): Promise<OpenedFile> {
    this.#check(mayRead(this.scope, path));
    return await this.share.openFile(path, await this.#top());
  }

  /**
   * Opens a file, or the largest video of the folder that `path` names.
   *
   * @throws {ShareError}
   */
  async openFileOrVideo(path: string): Promise<OpenedFile> {
    const place = await this.#find(path);
    if (!place.info.isDirectory) return await this.openFile(path);
    return await this.share.openFile(await largestVideo(this.share, place.real), place.real);
  }

  /**
   * Finds a folder that may be listed.
   *
   * @throws {ShareError}
   */
  async findFolder(path: string): Promise<Place> {
    this.checkListing(path);
    const place = await this.#find(path);
    if (!place.info.isDirectory) throw new ShareError("not-found", "there is no folder at the path");
    return place;
  }

  /** Where a name in a folder leads, links followed. @throws {ShareError} */
  async lookUp(path: string): Promise<Place> {
    return await this.share.find(path, await this.#top());
  }

  /** @throws {ShareError} where the folder at `path` may not be listed */
  checkListing(path: string): void {
    this.#check(mayList(this.scope, path));
  }

  /** Whether all of the share is in the scope. */
  get isWhole(): boolean {
    return this.scope.path === "" && this.scope.kind === "folder";
  }

  async #find(path: string): Promise<Place> {
    this.#check(mayRead(this.scope, path));
    const place = await this.share.find(path, await this.#top());
    // A link to a file is none to the folder that has taken its place.
    this.#check(this.scope.kind === "folder" || place.info.isFile);
    return place;
  }

  /** What everything has to be in, as a canonical path; undefined for all of the share. */
  async #top(): Promise<string | undefined> {
    return this.isWhole ? undefined : (await this.share.find(this.scope.path)).real;
  }

  #check(allowed: boolean): void {
    if (!allowed) throw new ShareError("path-not-allowed", "the link does not allow this");
  }
}
