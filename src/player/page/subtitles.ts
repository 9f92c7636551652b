/// <reference lib="dom" />
import { ENCODINGS, guessEncoding } from "../subtitles/decode_text.ts";
import { type SubtitleFile, subtitlesBeside } from "../subtitles/beside.ts";
import { parseSubtitles } from "../subtitles/parse.ts";
import type { PageContext } from "./context.ts";
import { button, element } from "./dom.ts";
import { pageStorage } from "./storage.ts";
import { SubtitleTrack } from "./subtitle_track.ts";

/** Larger files are none with subtitles, in bytes. */
const MAX_SIZE = 8 << 20;

/** Entries of a folder that are looked through for subtitles. */
const MAX_ENTRIES = 2_000;

/** Seconds. */
const DELAY_STEP = 0.25;

/** A list of what lies beside a film, and how it is shown: encoding, delay, size, colour. */
export class Subtitles {
  readonly element = element("div", { class: "subtitles", hidden: true });
  readonly #context: PageContext;
  readonly #path: string;
  readonly #track = new SubtitleTrack();
  readonly #stop = new AbortController();
  readonly #encoding = select("Encoding", Object.entries(ENCODINGS));
  readonly #delayed = element("output", { "aria-label": "Delay" }, "0 s");
  #files: readonly SubtitleFile[] = [];
  #bytes = new Uint8Array(0);
  #delay = 0;

  /** @param stage whose `data-cue-…` attributes say how cues look */
  constructor(context: PageContext, path: string, stage: HTMLElement) {
    this.#context = context;
    this.#path = path;
    this.#encoding.onchange = () => this.#show();
    const panel = element(
      "div",
      { class: "cue-settings" },
      labelled("Encoding", this.#encoding),
      labelled(
        "Delay",
        element(
          "span",
          { class: "stepper" },
          button("−", () => this.#shift(-DELAY_STEP), { "aria-label": "Earlier" }),
          this.#delayed,
          button("+", () => this.#shift(DELAY_STEP), { "aria-label": "Later" }),
        ),
      ),
      labelled("Size", look("size", ["small", "medium", "large"], "medium", stage)),
      labelled("Colour", look("colour", ["white", "yellow"], "white", stage)),
    );
    const summary = element("summary", { class: "button", "aria-label": "How subtitles are shown" }, "Aa");
    this.element.append(element("details", {}, summary, panel));
    void this.#find();
  }

  /** The element that plays the film. */
  attach(media: HTMLElement): void {
    if (media instanceof HTMLMediaElement) this.#track.attach(media);
  }

  dispose(): void {
    this.#stop.abort();
  }

  async #find(): Promise<void> {
    const cut = this.#path.lastIndexOf("/") + 1;
    const [folder, film] = [this.#path.slice(0, Math.max(0, cut - 1)), this.#path.slice(cut)];
    try {
      const names: string[] = [];
      for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
        const page = await this.#context.session.list(folder, cursor, this.#stop.signal);
        names.push(...page.entries.filter(({ size }) => size <= MAX_SIZE).map(({ name }) => name));
        cursor = names.length < MAX_ENTRIES ? page.cursor : null;
      }
      this.#files = subtitlesBeside(film, names);
    } catch {
      return; // A film without subtitles is better than none.
    }
    if (this.#files.length === 0) return;
    const choice = select("Subtitles", [["", "No subtitles"], ...this.#files.map(optionOf)]);
    choice.onchange = () => void this.#choose(choice.value, folder);
    this.element.prepend(choice);
    this.element.hidden = false;
  }

  async #choose(name: string, folder: string): Promise<void> {
    const file = this.#files.find((file) => file.name === name);
    if (file === undefined) return this.#track.show([]);
    const lease = await this.#context.files.use(folder === "" ? name : `${folder}/${name}`);
    try {
      this.#bytes = new Uint8Array(await new Response(lease.file.read(0)).arrayBuffer());
    } finally {
      lease.release(false);
    }
    this.#encoding.value = guessEncoding(this.#bytes, file.language);
    this.#show();
  }

  #show(): void {
    const encoding = this.#encoding.value || guessEncoding(this.#bytes);
    this.#track.show(parseSubtitles(new TextDecoder(encoding).decode(this.#bytes)));
  }

  #shift(by: number): void {
    this.#track.delay = this.#delay += by;
    this.#delayed.value = `${this.#delay} s`;
  }
}

function optionOf({ name, language, captions, forced }: SubtitleFile): [string, string] {
  const languages = new Intl.DisplayNames(undefined, { type: "language" });
  const words = [
    language === undefined ? name : languages.of(language)!,
    ...(captions ? ["for the deaf"] : []),
    ...(forced ? ["forced"] : []),
  ];
  return [name, words.join(", ")];
}

function select(
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): HTMLSelectElement {
  const made = element("select", { "aria-label": label, class: "button" });
  for (const [value, text] of options) made.append(element("option", { value }, text));
  return made;
}

function labelled(text: string, control: HTMLElement): HTMLElement {
  return element("label", {}, element("span", {}, text), control);
}

/** A choice that a page remembers, as an attribute of the stage. */
function look(name: string, values: readonly string[], usual: string, stage: HTMLElement): HTMLElement {
  const storage = pageStorage();
  const key = `subtitles-${name}`;
  const choice = select(name, values.map((value) => [value, value[0]!.toUpperCase() + value.slice(1)]));
  const apply = (value: string) => stage.setAttribute(`data-cue-${name}`, value);
  const known = storage.getItem(key) ?? usual;
  choice.value = values.includes(known) ? known : usual;
  apply(choice.value);
  choice.onchange = () => {
    storage.setItem(key, choice.value);
    apply(choice.value);
  };
  return choice;
}
