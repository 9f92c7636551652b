import { CueStore } from "../subtitles/embedded/cue_store.ts";
import { MatroskaSubtitles } from "../subtitles/embedded/matroska/matroska_subtitles.ts";
import { Mp4Subtitles } from "../subtitles/embedded/mp4/mp4_subtitles.ts";
import type { EmbeddedEvents, ReadBytes } from "../subtitles/embedded/track.ts";
import { sniff } from "../media/sniff.ts";

/** Finds the subtitles of a film that is taken apart, in the bytes that are read for that where it can. */
export class SubtitleTap {
  readonly #events: EmbeddedEvents;
  readonly #size: number;
  readonly #read: ReadBytes;
  readonly #matroska: MatroskaSubtitles;
  #mp4: Mp4Subtitles | undefined;
  #kind: "unknown" | "matroska" | "mp4" | "other" = "unknown";
  /** When the film begins, in seconds of the file. */
  #start: number | undefined;
  /** Until it is known when the film begins. */
  readonly #early = new CueStore();

  /**
   * @param size of the file, in bytes
   * @param read for what is not read anyway
   * @param events whose times are those of what is shown, which begins at 0
   */
  constructor(size: number, read: ReadBytes, events: EmbeddedEvents) {
    this.#events = events;
    this.#size = size;
    this.#read = read;
    this.#matroska = new MatroskaSubtitles(size, read, this.#shifted);
  }

  /** A piece that was read. */
  push(offset: number, bytes: Uint8Array): void {
    if (this.#kind === "unknown" && offset === 0) {
      const format = sniff(bytes);
      this.#kind = format === "matroska" || format === "webm"
        ? "matroska"
        : format === "mp4"
        ? "mp4"
        : "other";
    }
    if (this.#kind === "matroska") this.#matroska.push(offset, bytes);
  }

  /** The film has been looked at. */
  begin(start: number): void {
    this.#start = start;
    for (const [track, cues] of this.#early.all()) this.#shifted.cues(track, cues);
    this.#early.clear();
    if (this.#kind === "mp4") this.#mp4 = new Mp4Subtitles(this.#size, this.#read, this.#shifted);
    // A list that is empty is one, too.
    if (this.#kind === "other") this.#events.tracks({ tracks: [], audioLanguage: undefined });
  }

  /** @param time of what is shown, in seconds */
  want(track: number, time: number): void {
    const subtitles = this.#kind === "mp4" ? this.#mp4 : this.#matroska;
    void subtitles?.want(track, time + (this.#start ?? 0));
  }

  readonly #shifted: EmbeddedEvents = {
    tracks: (found) => this.#events.tracks(found),
    cues: (track, cues) => {
      const start = this.#start;
      if (start === undefined) return void this.#early.add(track, cues);
      const shown = cues.map((cue) => ({
        ...cue,
        start: Math.max(0, cue.start - start),
        end: cue.end - start,
      }));
      this.#events.cues(track, shown.filter(({ end }) => end > 0));
    },
    pictures: (track, { from, until, sets }) => {
      // They are asked for in times of what is shown, which are not known earlier.
      const start = this.#start ?? 0;
      const shown = sets.map((set) => ({ ...set, start: set.start - start }));
      this.#events.pictures(track, { from: from - start, until: until - start, sets: shown });
    },
  };
}
