/// <reference lib="dom" />
import { PlayerError } from "../client/mod.ts";
import { readBytes } from "../media/read_bytes.ts";
import type { AudioFacts } from "../remux/media_facts.ts";
import { Remuxer } from "../remux/remuxer.ts";
import { hasText, HEAD_SIZE } from "../subtitles/embedded/matroska/head.ts";
import { Mp4Subtitles } from "../subtitles/embedded/mp4/mp4_subtitles.ts";
import { beginPlaying } from "./begin.ts";
import { MAX_COLLECTED } from "./downloads.ts";
import { elsewhere } from "./elsewhere.ts";
import { filmKeys } from "./film_keys.ts";
import { Flash } from "./flash.ts";
import type { Content, Frame } from "./frame.ts";
import { type MediaElement, nativeElement } from "./media_element.ts";
import { controlFromOutside } from "./media_session.ts";
import { goNext } from "./next_film.ts";
import { problem } from "./problem.ts";
import { remuxedElement } from "./remuxed_element.ts";
import { goOn, notePosition } from "./resume.ts";
import { canPlay, isNative, type PlayedFormat } from "./shown_formats.ts";
import { soundChoice, wantedSound } from "./sound_choice.ts";
import { StageBar } from "./stage_bar.ts";
import { pageStorage } from "./storage.ts";
import { Subtitles } from "./subtitles.ts";
import { keepVolume } from "./volume.ts";

/** A sentence stays longer than a word, in milliseconds. */
const SENTENCE_MS = 4_000;

const NO_BYTES = new Uint8Array();

/** A film or a sound: as the browser plays it, or taken apart for it. */
export class Film implements Content {
  readonly #frame: Frame;
  readonly #shown: PlayedFormat;
  readonly #stop = new AbortController();
  /** Ends what is done for the element in use. */
  #showing = new AbortController();
  #media: MediaElement | undefined;
  /** What it says is seen in full screen too, and goes by itself. */
  readonly #flash: Flash;
  #subtitles: Subtitles | undefined;
  /** Of a film with a picture. */
  #bar: StageBar | undefined;
  #endNotes: () => void = () => {};
  /** Where it was left, in seconds, until it goes on there. */
  #left: number | undefined;
  #objectUrl: string | undefined;
  /** The list of its sounds, where it has several. */
  #sounds: HTMLElement | undefined;

  constructor(frame: Frame, shown: PlayedFormat) {
    this.#frame = frame;
    this.#shown = shown;
    this.#left = frame.context.positions.get(frame.path);
    if (shown.kind === "video") {
      const { element } = this.#subtitles = new Subtitles(frame.context, frame.path, frame.stage);
      this.#bar = new StageBar(frame.stage, this.#stop.signal);
      this.#bar.carry(element, frame.actions);
    }
    const flash = this.#flash = new Flash(frame.stage);
    if (this.#subtitles) this.#subtitles.onproblem = (sentence) => flash.show(sentence, SENTENCE_MS);
    filmKeys({
      media: () => this.#element,
      next: () => void this.#next(true),
      fullScreen: () => this.#bar?.fullScreen.toggle(),
      captions: () => flash.show(this.#subtitles?.toggle() ?? "No subtitles"),
      say: (words) => flash.show(words),
    }, this.#stop.signal);
    void this.#begin();
  }

  dispose(): void {
    this.#stop.abort();
    this.#frame.context.tellNeed(undefined);
    this.#endNotes();
    this.#media?.dispose();
    this.#subtitles?.dispose();
    if (this.#objectUrl !== undefined) URL.revokeObjectURL(this.#objectUrl);
  }

  get #element(): HTMLMediaElement | undefined {
    return this.#media?.element as HTMLMediaElement | undefined;
  }

  async #begin(): Promise<void> {
    const { url, file, format } = this.#frame;
    const isTaken = url === undefined || !isNative(this.#shown) ||
      format === "webm" && hasText(await readBytes(file, 0, HEAD_SIZE).catch(() => NO_BYTES));
    if (this.#stop.signal.aborted) return;
    if (isTaken) this.#playRemuxed(this.#left);
    else this.#playNative(url);
  }

  /** Looks into a film that the browser plays, and takes it apart where it lacks a decoder. */
  async #look(media: MediaElement): Promise<void> {
    const remuxer = new Remuxer(this.#frame.file, this.#frame.context.media);
    try {
      const { mimeType, audio } = await remuxer.facts;
      if (this.#media !== media || this.#stop.signal.aborted) return;
      const takeApart = (sound?: number) => {
        const { currentTime } = media.element as HTMLMediaElement;
        media.dispose();
        this.#playRemuxed(currentTime, sound);
      };
      const wanted = wantedSound(audio, pageStorage());
      if (!canPlay(mimeType) || (wanted !== undefined && wanted !== audio[0]!.id)) return takeApart(wanted);
      // Browsers let nobody choose: another sound than the first means to take it apart.
      if (audio.length > 1) this.#offerSounds(audio, audio[0]!.id, takeApart);
    } catch {
      // The browser seems to know better.
    } finally {
      remuxer.close();
    }
  }

  #playNative(url: string): void {
    const media = nativeElement(this.#shown.kind, this.#frame.name, url);
    this.#show(media);
    const { onproblem } = media;
    media.onproblem = (message) => {
      const { error, currentTime } = media.element as HTMLMediaElement;
      if (error?.code !== MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED || currentTime > 0) {
        return onproblem(message);
      }
      // What the browser does not take as a whole, it may take in pieces.
      media.dispose();
      this.#playRemuxed(this.#left);
    };
    // Browsers play the picture of an MP4 file whose sound they cannot decode, and are silent about it.
    const { format, file } = this.#frame;
    if (format !== "mp4") return;
    this.#subtitles?.embed((events) =>
      new Mp4Subtitles(file.size, (offset, length) => readBytes(file, offset, length), events)
    );
    media.element.addEventListener("playing", () => void this.#look(media), { once: true });
  }

  #offerSounds(sounds: readonly AudioFacts[], heard: number | undefined, choose: (id: number) => void): void {
    const choice = soundChoice(sounds, heard, pageStorage(), choose);
    const { actions } = this.#frame;
    if (this.#bar === undefined) {
      if (this.#sounds === undefined) actions.prepend(choice);
      else this.#sounds.replaceWith(choice);
    } else {
      if (this.#sounds !== undefined) this.#bar.drop(this.#sounds);
      this.#bar.carry(choice, actions);
    }
    this.#sounds = choice;
  }

  /**
   * @param from seconds
   * @param sound the one to be heard, where it was chosen
   */
  #playRemuxed(from = 0, sound?: number): void {
    const { name, file, context, stage } = this.#frame;
    const media = remuxedElement(this.#shown.kind, name, file, context.media, from);
    this.#subtitles?.embed((events) => {
      media.onsubtitles = events;
      return media;
    });
    this.#show(media);
    media.onunplayable = (message) => {
      media.dispose();
      stage.replaceChildren();
      // No picture needs its room.
      delete stage.dataset["kind"];
      // Such as MP3 without a service worker: no piece of it will do, but the whole.
      if (isNative(this.#shown) && file.size <= MAX_COLLECTED) return void this.#loadWhole();
      this.#frame.note(elsewhere(message));
    };
    media.wanted = (sounds) => sound ?? wantedSound(sounds, pageStorage());
    media.onsounds = (sounds, heard) => this.#offerSounds(sounds, heard, (id) => media.choose(id));
  }

  /** For files that browsers take as they are, where no service worker answers for their address. */
  async #loadWhole(): Promise<void> {
    const { context, path, name } = this.#frame;
    try {
      const blob = await context.downloads.blob(path, name);
      if (this.#stop.signal.aborted) return;
      this.#objectUrl = URL.createObjectURL(blob);
      this.#show(nativeElement(this.#shown.kind, name, this.#objectUrl));
    } catch {
      // The list of downloads says why.
    }
  }

  #show(media: MediaElement): void {
    this.#media = media;
    const played = this.#element!;
    this.#frame.stage.replaceChildren(played, ...this.#flash.shown);
    if (played instanceof HTMLVideoElement) this.#bar?.attach(played);
    this.#subtitles?.attach(played);
    this.#endNotes();
    this.#endNotes = notePosition(played, this.#frame.path, this.#frame.context.positions);
    this.#showing.abort();
    this.#showing = new AbortController();
    const signal = AbortSignal.any([this.#showing.signal, this.#stop.signal]);
    played.addEventListener("ended", () => void this.#next(false), { signal });
    keepVolume(played, pageStorage(), signal);
    if (this.#shown.kind === "video") beginPlaying(played, this.#frame.stage, signal);
    const { name, path } = this.#frame;
    const place = path.slice(0, -name.length - 1).split("/").at(-1)!;
    controlFromOutside(played, { name, place, next: () => void this.#next(true) }, signal);
    media.onready = (facts) => {
      this.#frame.note();
      this.#resume(played);
      this.#tellNeed(played);
      this.#frame.describe(facts);
    };
    media.onproblem = (message) => {
      const error = new PlayerError("read-error", message);
      this.#frame.note(problem(error, () => {
        this.#frame.note();
        media.reload();
      }));
    };
    // Space and arrows then work at once; nobody went there, so no ring tells where one is.
    played.dataset["focus"] = "unasked";
    played.addEventListener("blur", () => delete played.dataset["focus"], { once: true, signal });
    played.focus();
  }

  /** What is read ahead follows the film. */
  #tellNeed({ duration }: HTMLMediaElement): void {
    const { context, path, file } = this.#frame;
    const need = file.size / duration;
    if (!Number.isFinite(need)) return;
    context.media.need(path, need);
    context.tellNeed(need);
  }

  /** Once: a film that is taken apart after all is where it was. */
  #resume(media: HTMLMediaElement): void {
    const at = this.#left;
    this.#left = undefined;
    if (at !== undefined) this.#frame.note(goOn(media, at));
  }

  /** @param now goes there instead of offering it */
  async #next(now: boolean): Promise<void> {
    const none = (sentence: string) => this.#flash.show(sentence, SENTENCE_MS);
    await goNext(this.#frame, this.#shown.kind, now, none, this.#stop.signal);
  }
}
