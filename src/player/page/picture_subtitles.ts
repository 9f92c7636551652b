/// <reference lib="dom" />
import type { FileLease, FileSource } from "../media/media_bridge.ts";
import { readBytes } from "../media/read_bytes.ts";
import type { PictureWindow } from "../subtitles/pictures/display_set.ts";
import { SupFile } from "../subtitles/pictures/sup_file.ts";
import { PictureTrack } from "./picture_track.ts";

/** The picture subtitles that a film shows: out of one of its own tracks, or of a file beside it. */
export class PictureSubtitles {
  readonly #files: FileSource;
  readonly #track = new PictureTrack();
  #file: { readonly lease: FileLease; readonly sup: SupFile } | undefined;
  /** What was asked for last: what comes late of something else is not shown. */
  #turn = 0;

  constructor(files: FileSource) {
    this.#files = files;
  }

  /** The film's element. */
  attach(media: HTMLMediaElement): void {
    if (media instanceof HTMLVideoElement) this.#track.attach(media);
  }

  /** Seconds; later with more. */
  set delay(seconds: number) {
    this.#track.delay = seconds;
  }

  /** Of a track of the film, in place of what was shown. */
  show(window: PictureWindow): void {
    this.#track.show(window);
  }

  /** Shows a SUP file, once it is said what is {@link want}ed of it. */
  async open(path: string): Promise<void> {
    const turn = ++this.#turn;
    const lease = await this.#files.use(path);
    if (turn !== this.#turn) return lease.release(false);
    const { file } = lease;
    const read = (offset: number, length: number) => readBytes(file, offset, length);
    const sup = new SupFile(file.size, read, (window) => {
      if (turn === this.#turn) this.#track.show(window);
    });
    this.#file = { lease, sup };
  }

  /** Of a file, in seconds. */
  want(time: number): void {
    void this.#file?.sup.want(time);
  }

  /** Shows nothing, until something else is shown. */
  clear(): void {
    this.#turn++;
    this.#file?.lease.release(false);
    this.#file = undefined;
    this.#track.show(undefined);
  }

  dispose(): void {
    this.clear();
    this.#track.dispose();
  }
}
