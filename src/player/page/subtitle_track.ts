/// <reference lib="dom" />
import type { Cue } from "../subtitles/cue.ts";

/** The text track of a film, whose cues may change and may be shown earlier or later. */
export class SubtitleTrack {
  #media: HTMLMediaElement | undefined;
  #track: TextTrack | undefined;
  #cues: Cue[] = [];
  #delay = 0;

  /** The film's element, in place of the one before. */
  attach(media: HTMLMediaElement): void {
    this.#media = media;
    this.#track = undefined;
    this.#fill();
  }

  /** Shows these in place of those before; none at all with an empty list. */
  show(cues: readonly Cue[]): void {
    this.#cues = [...cues];
    this.#fill();
  }

  /** Shows these, too. */
  add(cues: readonly Cue[]): void {
    for (const cue of cues) this.#cues.push(cue);
    if (this.#track?.mode !== "showing") return this.#fill();
    for (const cue of cues) this.#put(this.#track, cue);
  }

  /** Seconds; later with more. */
  set delay(seconds: number) {
    this.#delay = seconds;
    this.#fill();
  }

  #fill(): void {
    if (this.#media === undefined || (this.#track === undefined && this.#cues.length === 0)) return;
    const track = this.#track ??= this.#media.addTextTrack("subtitles");
    // Without a mode a track lists no cues that could be removed.
    track.mode = "hidden";
    // The last first: those behind one that goes move up.
    for (const cue of [...track.cues ?? []].reverse()) track.removeCue(cue);
    for (const cue of this.#cues) this.#put(track, cue);
    track.mode = this.#cues.length > 0 ? "showing" : "disabled";
  }

  #put(track: TextTrack, { start, end, text }: Cue): void {
    if (end + this.#delay <= 0) return;
    track.addCue(new VTTCue(Math.max(0, start + this.#delay), end + this.#delay, text));
  }
}
