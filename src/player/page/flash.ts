/// <reference lib="dom" />
import { element } from "./dom.ts";

/** How long a word stays, in milliseconds. */
const STAY_MS = 1_000;

/** Shows words on a picture for a moment, in place of those before. */
export class Flash {
  readonly #stage: HTMLElement;
  readonly #words = element("p", { class: "flash", role: "status" });
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param stage holds the picture */
  constructor(stage: HTMLElement) {
    this.#stage = stage;
  }

  /** What is there of it, for who puts something else on the stage. */
  get shown(): readonly HTMLElement[] {
    return this.#words.isConnected ? [this.#words] : [];
  }

  /** @param stay milliseconds */
  show(words: string, stay = STAY_MS): void {
    clearTimeout(this.#timer);
    this.#words.textContent = words;
    if (!this.#words.isConnected) this.#stage.append(this.#words);
    this.#timer = setTimeout(() => this.#words.remove(), stay);
  }
}
