/// <reference lib="dom" />
import { element } from "./dom.ts";
import { FullScreen } from "./full_screen.ts";

/** So long it stays after the last sign of somebody, in milliseconds. */
const STAY_MS = 3_000;

/** What lies at the upper edge of a film while somebody moves a pointer there, or goes there by keys. */
export class StageBar {
  readonly element = element("div", { class: "stage-bar" });
  readonly fullScreen: FullScreen;
  readonly #stage: HTMLElement;
  readonly #carried: { readonly control: HTMLElement; readonly home: HTMLElement }[] = [];
  #video: HTMLVideoElement | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param signal ends it */
  constructor(stage: HTMLElement, signal: AbortSignal) {
    this.#stage = stage;
    this.fullScreen = new FullScreen(stage, signal);
    this.element.append(this.fullScreen.button);
    this.fullScreen.onchange = () => this.#carried.forEach(({ control, home }) => this.#place(control, home));
    for (const event of ["pointermove", "pointerdown", "focusin", "change"]) {
      stage.addEventListener(event, () => this.#show(), { signal });
    }
    stage.addEventListener("pointerleave", () => this.#hide(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Has something of what stands below the stage, in `home`, as long as that is not on the screen. */
  carry(control: HTMLElement, home: HTMLElement): void {
    this.#carried.push({ control, home });
    this.#place(control, home);
  }

  /** Has it no more. */
  drop(control: HTMLElement): void {
    const index = this.#carried.findIndex((carried) => carried.control === control);
    if (index >= 0) this.#carried.splice(index, 1);
    control.remove();
  }

  /** Lies over this one. */
  attach(video: HTMLVideoElement): void {
    this.#video = video;
    this.fullScreen.attach(video);
    video.after(this.element);
    this.#show();
    // The browser's own controls are there then, too.
    video.addEventListener("pause", () => this.#show());
    video.addEventListener("play", () => this.#show());
  }

  #place(control: HTMLElement, home: HTMLElement): void {
    (this.fullScreen.isFull ? this.element : home).prepend(control);
  }

  #show(): void {
    this.#stage.dataset["active"] = "";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#hide(), STAY_MS);
  }

  #hide(): void {
    clearTimeout(this.#timer);
    const isUsed = this.element.querySelector("details[open]") !== null;
    if (!this.#video?.paused && !isUsed) delete this.#stage.dataset["active"];
  }
}
