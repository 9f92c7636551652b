/// <reference lib="dom" />
import { mayList } from "../../trust/scope.ts";
import { readBytes } from "../media/read_bytes.ts";
import { isPictureFile, type SubtitleFile, subtitlesBeside } from "../subtitles/beside.ts";
import { entriesOf, preferred, type SubtitleEntry } from "../subtitles/choice.ts";
import { guessEncoding } from "../subtitles/decode_text.ts";
import { CueStore } from "../subtitles/embedded/cue_store.ts";
import type { EmbeddedEvents, EmbeddedTracks } from "../subtitles/embedded/track.ts";
import { parseSubtitles } from "../subtitles/parse.ts";
import type { PictureWindow } from "../subtitles/pictures/display_set.ts";
import type { PageContext } from "./context.ts";
import { CueSettings, select } from "./cue_settings.ts";
import { element } from "./dom.ts";
import { formatLanguage } from "./format.ts";
import { PictureSubtitles } from "./picture_subtitles.ts";
import { pageStorage } from "./storage.ts";
import { SubtitleTrack } from "./subtitle_track.ts";

/** Larger files are none with text, in bytes. */
const MAX_SIZE = 8 << 20;

/** Entries of a folder that are looked through for subtitles. */
const MAX_ENTRIES = 2_000;

/** Under which the page remembers the language of what was chosen. */
const LANGUAGE_KEY = "subtitles-language";

/** Where the lines of a film's own tracks come from. */
export interface EmbeddedSource {
  /** The track is shown, and where, in seconds. */
  want(track: number, time: number): unknown;
}

/** A list of the subtitles inside a film and beside it, and how they are shown. */
export class Subtitles {
  readonly element = element("div", { class: "subtitles", hidden: true });
  /** Told a sentence where what was chosen cannot be shown. */
  onproblem: (sentence: string) => void = () => {};
  readonly #context: PageContext;
  readonly #folder: string;
  readonly #film: string;
  readonly #track = new SubtitleTrack();
  readonly #pictures: PictureSubtitles;
  readonly #store = new CueStore();
  readonly #stop = new AbortController();
  readonly #choice = select("Subtitles", []);
  readonly #settings: CueSettings;
  #media: HTMLMediaElement | undefined;
  #embedded: EmbeddedSource | undefined;
  /** What a track of the film told last, which it does not repeat. */
  #window: { readonly track: number; readonly window: PictureWindow } | undefined;
  #inside: EmbeddedTracks = { tracks: [], audioLanguage: undefined };
  #files: readonly SubtitleFile[] = [];
  #entries: readonly SubtitleEntry[] = [];
  #chosen: SubtitleEntry | undefined;
  /** What was shown before none was, by its key. */
  #before: string | undefined;
  /** By the user: nothing is chosen unasked any more. */
  #isDecided = false;
  #bytes = new Uint8Array(0);

  /** @param stage whose `data-cue-…` attributes say how cues look */
  constructor(context: PageContext, path: string, stage: HTMLElement) {
    const cut = path.lastIndexOf("/") + 1;
    this.#context = context;
    this.#folder = path.slice(0, Math.max(0, cut - 1));
    this.#film = path.slice(cut);
    this.#settings = new CueSettings(stage);
    this.#settings.onencoding = () => this.#showFile();
    this.#settings.ondelay = (seconds) => this.#track.delay = this.#pictures.delay = seconds;
    this.#pictures = new PictureSubtitles(context.files);
    this.#choice.onchange = () => this.#decide();
    this.element.append(this.#choice, this.#settings.element);
    void this.#findFiles();
  }

  /** The element that plays the film. */
  attach(media: HTMLElement): void {
    if (!(media instanceof HTMLMediaElement)) return;
    this.#media = media;
    this.#track.attach(media);
    this.#pictures.attach(media);
    const { signal } = this.#stop;
    for (const event of ["timeupdate", "seeking"]) {
      media.addEventListener(event, () => this.#want(), { signal });
    }
  }

  /** What finds the subtitles inside the film, in place of the one before. */
  embed(open: (events: EmbeddedEvents) => EmbeddedSource): void {
    this.#store.clear();
    this.#window = undefined;
    const source = open({
      tracks: (found) => {
        if (this.#embedded !== source) return;
        this.#inside = found;
        this.#list();
      },
      cues: (track, cues) => {
        if (this.#embedded !== source) return;
        const { added, dropped } = this.#store.add(track, cues);
        if (track !== this.#chosen?.track) return;
        if (dropped) this.#track.show(this.#store.of(track));
        else this.#track.add(added);
      },
      pictures: (track, window) => {
        if (this.#embedded !== source) return;
        this.#window = { track, window };
        if (track === this.#chosen?.track) this.#pictures.show(window);
      },
    });
    this.#embedded = source;
  }

  /** Shows none where some are shown, and else those of before, or the first. @returns what is shown now */
  toggle(): string {
    const shown = this.#entries.filter((entry) => entry.shown);
    const to = this.#chosen === undefined
      ? shown.find(({ key }) => key === this.#before) ?? shown[0]
      : undefined;
    this.#before = this.#chosen?.key ?? this.#before;
    if (shown.length > 0) {
      this.#choice.value = to?.key ?? "";
      this.#decide();
    }
    return to?.label ?? "No subtitles";
  }

  dispose(): void {
    this.#stop.abort();
    this.#pictures.dispose();
  }

  async #findFiles(): Promise<void> {
    if (!mayList(this.#context.scope, this.#folder)) return;
    try {
      const names: string[] = [];
      for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
        const page = await this.#context.session.list(this.#folder, cursor, this.#stop.signal);
        names.push(
          ...page.entries.filter(({ name, size }) => size <= MAX_SIZE || isPictureFile(name))
            .map(({ name }) => name),
        );
        cursor = names.length < MAX_ENTRIES ? page.cursor : null;
      }
      this.#files = subtitlesBeside(this.#film, names);
      this.#list();
    } catch {
      // A film without subtitles is better than none.
    }
  }

  #list(): void {
    this.#entries = entriesOf(this.#inside.tracks, this.#files, (code) => formatLanguage(code) ?? code);
    this.#choice.replaceChildren(
      element("option", { value: "" }, "No subtitles"),
      ...this.#entries.map(({ key, label, shown }) =>
        element("option", { value: key, disabled: !shown, dir: "auto" }, label)
      ),
    );
    this.element.hidden = this.#entries.length === 0;
    this.#choice.value = this.#chosen?.key ?? "";
    if (this.#isDecided) return;
    const found = preferred(this.#entries, {
      remembered: pageStorage().getItem(LANGUAGE_KEY),
      audio: this.#inside.audioLanguage,
      languages: navigator.languages,
    });
    if (found?.key === this.#chosen?.key) return;
    this.#choice.value = found?.key ?? "";
    void this.#choose(found);
  }

  #decide(): void {
    this.#isDecided = true;
    const entry = this.#entries.find(({ key }) => key === this.#choice.value);
    // What names no language says nothing about other films.
    const language = entry === undefined ? "" : entry.language;
    if (language !== undefined) pageStorage().setItem(LANGUAGE_KEY, language);
    void this.#choose(entry);
  }

  async #choose(entry: SubtitleEntry | undefined): Promise<void> {
    this.#chosen = entry;
    try {
      await this.#show(entry);
    } catch {
      if (this.#chosen !== entry || this.#stop.signal.aborted) return;
      this.#chosen = undefined;
      this.#choice.value = "";
      this.onproblem("These subtitles cannot be read.");
    }
  }

  async #show(entry: SubtitleEntry | undefined): Promise<void> {
    this.#pictures.clear();
    this.#settings.pictures = entry?.pictures ?? false;
    if (entry?.file === undefined || entry.pictures) {
      this.#settings.encoding = undefined;
      this.#track.show(entry?.track === undefined ? [] : this.#store.of(entry.track));
      if (this.#window !== undefined && this.#window.track === entry?.track) {
        this.#pictures.show(this.#window.window);
      }
      if (entry?.file !== undefined) await this.#pictures.open(this.#pathOf(entry.file));
      return this.#want();
    }
    const { language } = entry.file;
    const lease = await this.#context.files.use(this.#pathOf(entry.file));
    try {
      const bytes = await readBytes(lease.file, 0, MAX_SIZE);
      if (this.#chosen !== entry) return;
      this.#bytes = bytes;
    } finally {
      lease.release(false);
    }
    this.#settings.encoding = guessEncoding(this.#bytes, language);
    this.#showFile();
  }

  #pathOf({ name }: SubtitleFile): string {
    return this.#folder === "" ? name : `${this.#folder}/${name}`;
  }

  #showFile(): void {
    const encoding = this.#settings.encoding || guessEncoding(this.#bytes);
    this.#track.show(parseSubtitles(new TextDecoder(encoding).decode(this.#bytes)));
  }

  #want(): void {
    if (this.#chosen === undefined || this.#media === undefined) return;
    const time = Math.max(0, this.#media.currentTime - this.#settings.delay);
    if (this.#chosen.track !== undefined) this.#embedded?.want(this.#chosen.track, time);
    else this.#pictures.want(time);
  }
}
