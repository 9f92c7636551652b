/// <reference lib="dom" />
import { button, icon } from "./dom.ts";

/** What telephones of Apple have in place of the Fullscreen API: their own player, for videos alone. */
interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?(): void;
}

/** What goes on the screen. */
const PAGE = document.documentElement;

/** Where a browser's own controls are, at the lower edge of a video, in pixels: two clicks there are theirs. */
const CONTROLS_HEIGHT = 96;

/**
 * Shows a stage on the whole screen: the video together with all that is laid over it, of which a video by itself
 * shows nothing there. What goes there is the page, of which style sheets leave the stage, what is said about
 * it, and what is wrong with the connection: so the next film takes the place of this one without leaving the screen.
 */
export class FullScreen {
  readonly button = button("", () => this.toggle(), { class: "quiet full-screen", "aria-keyshortcuts": "F" });
  /** It has come, or gone. */
  onchange: () => void = () => {};
  #video: AppleVideo | undefined;
  #isFull = false;
  /** Where the page was scrolled to, in pixels. */
  #scrolled = 0;

  /** @param signal ends it */
  constructor(stage: HTMLElement, signal: AbortSignal) {
    this.#label();
    document.addEventListener("fullscreenchange", () => this.#changed(), { signal });
    // Before the browser's own controls, which would take the video alone.
    stage.addEventListener("dblclick", (event) => this.#doubleClicked(event), { signal, capture: true });
    stage.addEventListener("pointerup", (event) => this.#touched(event), { signal, capture: true });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || document.fullscreenElement !== PAGE) return;
      // That is closed first.
      if ((event.target as Element).closest("dialog")) return;
      // Most browsers leave by themselves; the page is not to go back to its folder.
      event.preventDefault();
      this.#leave();
    }, { signal, capture: true });
    // A click leaves no button that the space bar would press from then on.
    this.button.addEventListener("click", ({ detail }) => detail > 0 && this.#video?.focus());
  }

  /** Whether the stage is on the whole screen. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** The video in use. */
  attach(video: HTMLVideoElement): void {
    this.#video = video;
    this.button.hidden = !this.#isAllowed && this.#video.webkitEnterFullscreen === undefined;
    // One button is enough.
    if (this.#isAllowed) video.setAttribute("controlslist", "nofullscreen");
    // The film before this one may have been there.
    this.#changed();
  }

  toggle(): void {
    if (document.fullscreenElement) return this.#leave();
    if (this.#isAllowed) this.#enter();
    else this.#enterAlone();
  }

  get #isAllowed(): boolean {
    return document.fullscreenEnabled && "requestFullscreen" in PAGE;
  }

  #enter(): void {
    if (!this.#isFull) this.#scrolled = scrollY;
    PAGE.requestFullscreen().catch(() => {}); // Not on this machine, or not now.
  }

  /** From the video by itself. */
  async #enterFromVideo(): Promise<void> {
    try {
      await PAGE.requestFullscreen();
    } catch {
      // Firefox wants what comes to be inside of what is there: it has to be left before.
      if (!navigator.userActivation?.isActive) return;
      await document.exitFullscreen().catch(() => {});
      this.#enter();
    }
  }

  #enterAlone(): void {
    try {
      this.#video?.webkitEnterFullscreen?.();
    } catch {
      // There is no picture yet.
    }
  }

  #leave(): void {
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {}); // It was left already.
  }

  #doubleClicked(event: MouseEvent): void {
    if (event.target === this.#video) event.preventDefault();
    if (!this.#isOnPicture(event)) return;
    event.stopPropagation();
    this.toggle();
  }

  /** With a hand at it, a browser permits what it has refused before. */
  #touched(event: MouseEvent): void {
    if (document.fullscreenElement === this.#video && this.#isOnPicture(event)) void this.#enterFromVideo();
  }

  /** And not on the browser's own controls. */
  #isOnPicture({ target, clientY }: MouseEvent): boolean {
    if (this.#video === undefined || target !== this.#video) return false;
    const { bottom, height } = this.#video.getBoundingClientRect();
    return clientY < bottom - Math.min(CONTROLS_HEIGHT, height / 3);
  }

  #changed(): void {
    const now = document.fullscreenElement;
    if (now === this.#video && now !== null && now !== undefined) {
      // Some browsers have a button of their own for the video. After the stage it is what was before it.
      if (this.#isFull) return this.#leave();
      this.#scrolled = scrollY;
      return void this.#enterFromVideo();
    }
    const isFull = now === PAGE;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#label();
    this.onchange();
    if (!isFull) scrollTo({ top: this.#scrolled, behavior: "instant" });
  }

  #label(): void {
    const words = this.#isFull ? "Leave full screen" : "Full screen";
    this.button.replaceChildren(icon(this.#isFull ? "shrink" : "expand"));
    this.button.setAttribute("aria-label", words);
    this.button.title = `${words} (F)`;
  }
}
