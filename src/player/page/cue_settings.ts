/// <reference lib="dom" />
import { ENCODINGS } from "../subtitles/decode_text.ts";
import { button, element } from "./dom.ts";
import { pageStorage } from "./storage.ts";

/** Seconds. */
const DELAY_STEP = 0.25;

/** How subtitles are shown: encoding, delay, size, colour. */
export class CueSettings {
  readonly element: HTMLElement;
  /** Another encoding was chosen. */
  onencoding: () => void = () => {};
  /** Seconds; later with more. */
  ondelay: (seconds: number) => void = () => {};
  readonly #encoding = select("Encoding", Object.entries(ENCODINGS));
  readonly #encodingRow = labelled("Encoding", this.#encoding);
  readonly #looks: readonly HTMLSelectElement[];
  readonly #fixed = element(
    "p",
    { class: "hint", hidden: true },
    "Pictures have a size and colours of their own.",
  );
  readonly #delayed = element("output", { "aria-label": "Delay" }, "0 s");
  #delay = 0;

  /** @param stage whose `data-cue-…` attributes say how cues look */
  constructor(stage: HTMLElement) {
    this.#encoding.onchange = () => this.onencoding();
    const stepper = element(
      "span",
      { class: "stepper" },
      button("−", () => this.#shift(-DELAY_STEP), { "aria-label": "Earlier" }),
      this.#delayed,
      button("+", () => this.#shift(DELAY_STEP), { "aria-label": "Later" }),
    );
    const size = look("size", ["small", "medium", "large"], "medium", stage);
    const colour = look("colour", ["white", "yellow"], "white", stage);
    this.#looks = [size, colour];
    const panel = element(
      "div",
      { class: "cue-settings" },
      this.#encodingRow,
      labelled("Delay", stepper),
      labelled("Size", size),
      labelled("Colour", colour),
      this.#fixed,
    );
    const summary = element("summary", { class: "button", "aria-label": "How subtitles are shown" }, "Aa");
    this.element = element("details", {}, summary, panel);
  }

  get delay(): number {
    return this.#delay;
  }

  /** Label of the Encoding Standard; `""` for one that the list lacks. */
  get encoding(): string {
    return this.#encoding.value;
  }

  /** Undefined where there is nothing to choose. */
  set encoding(label: string | undefined) {
    this.#encodingRow.hidden = label === undefined;
    this.#encoding.value = label ?? "";
  }

  /** Pictures have a size and colours of their own. */
  set pictures(arePictures: boolean) {
    for (const choice of this.#looks) choice.disabled = arePictures;
    this.#fixed.hidden = !arePictures;
  }

  #shift(by: number): void {
    this.ondelay(this.#delay += by);
    this.#delayed.value = `${this.#delay} s`;
  }
}

export function select(
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
function look(name: string, values: readonly string[], usual: string, stage: HTMLElement): HTMLSelectElement {
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
