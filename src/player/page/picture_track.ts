/// <reference lib="dom" />
import { chainBegin, type DisplaySet, dueAt, type PictureWindow } from "../subtitles/pictures/display_set.ts";
import { type Picture, pictureOf } from "../subtitles/pictures/epoch.ts";
import { element } from "./dom.ts";
import { picturePlace } from "./picture_place.ts";

/** How much of a video's lower edge the browser's own controls take, in pixels. */
const CONTROLS_HEIGHT = 80;

/** Draws picture subtitles over a film, earlier or later. */
export class PictureTrack {
  readonly #canvas = element("canvas", { class: "pictures", "aria-hidden": "true", hidden: true });
  readonly #resized = new ResizeObserver(() => this.#place());
  #attached = new AbortController();
  #media: HTMLVideoElement | undefined;
  #window: PictureWindow | undefined;
  #shown: DisplaySet | undefined;
  #frame: number | undefined;
  /** Where the lowest image ends, as a part of the canvas. */
  #bottom = 0;
  #delay = 0;

  /** The film's element, in place of the one before; the pictures are laid over it. */
  attach(media: HTMLVideoElement): void {
    this.#detach();
    this.#media = media;
    media.after(this.#canvas);
    this.#resized.observe(media);
    const { signal } = this.#attached;
    for (const event of ["timeupdate", "seeking", "seeked"]) {
      media.addEventListener(event, () => this.#draw(), { signal });
    }
    media.addEventListener("resize", () => this.#place(), { signal });
    this.#redraw();
    this.#watch();
  }

  /** Shows these in place of those before. */
  show(window: PictureWindow | undefined): void {
    this.#window = window;
    this.#redraw();
    this.#watch();
  }

  /** Seconds; later with more. */
  set delay(seconds: number) {
    this.#delay = seconds;
    this.#redraw();
  }

  dispose(): void {
    this.#window = undefined;
    this.#detach();
    this.#canvas.remove();
  }

  #detach(): void {
    this.#attached.abort();
    this.#attached = new AbortController();
    this.#resized.disconnect();
    if (this.#frame !== undefined) this.#media?.cancelVideoFrameCallback(this.#frame);
    this.#frame = undefined;
  }

  /** Looks with each frame of the film; browsers that do not tell of them tell the time some times a second. */
  #watch(): void {
    const { media, window } = { media: this.#media, window: this.#window };
    if (this.#frame !== undefined || window === undefined || !media?.requestVideoFrameCallback) return;
    this.#frame = media.requestVideoFrameCallback(() => {
      this.#frame = undefined;
      this.#draw();
      this.#watch();
    });
  }

  #redraw(): void {
    this.#shown = undefined;
    this.#canvas.hidden = true;
    this.#draw();
  }

  #draw(): void {
    const due = this.#due();
    if (due === this.#shown) return;
    this.#shown = due;
    const picture = due && this.#picture(due);
    this.#canvas.hidden = picture === undefined;
    if (picture !== undefined) this.#paint(picture);
  }

  /** What is due now; undefined where that is nothing, or not known. */
  #due(): DisplaySet | undefined {
    if (this.#media === undefined || this.#window === undefined) return undefined;
    const { from, until, sets } = this.#window;
    const time = this.#media.currentTime - this.#delay;
    return time >= from && time < until ? sets[dueAt(sets, time)] : undefined;
  }

  #picture(due: DisplaySet): Picture | undefined {
    const { sets } = this.#window!;
    const at = sets.indexOf(due);
    return pictureOf(sets.slice(Math.max(0, chainBegin(sets, at)), at + 1));
  }

  #paint({ width, height, images }: Picture): void {
    const canvas = this.#canvas;
    // Empties it, too.
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    for (const { x, y, pixels, width, height } of images) {
      context?.putImageData(new ImageData(pixels, width, height), x, y);
    }
    this.#bottom = Math.max(...images.map(({ y, height }) => y + height)) / height;
    this.#place();
  }

  #place(): void {
    const media = this.#media;
    if (media === undefined || this.#canvas.hidden || media.videoWidth === 0) return;
    const box = { width: media.offsetWidth, height: media.offsetHeight };
    const film = { width: media.videoWidth, height: media.videoHeight };
    const { left, top, width, height } = picturePlace(box, film, this.#canvas);
    const pixels = { left: media.offsetLeft + left, top: media.offsetTop + top, width, height };
    const lift = Math.max(0, top + height * this.#bottom - (box.height - CONTROLS_HEIGHT));
    this.#canvas.style.setProperty("--lift", `${lift}px`);
    for (const [name, value] of Object.entries(pixels)) this.#canvas.style.setProperty(name, `${value}px`);
  }
}
