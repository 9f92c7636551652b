/// <reference lib="dom" />
import type { MediaKind } from "../media/content_types.ts";
import { element } from "./dom.ts";
import { formatTime } from "./format.ts";

/** A video, audio or image element that says in words how it fares. */
export interface MediaElement {
  readonly element: HTMLElement;
  /** There is something to see; facts such as `1920 × 1080`. */
  onready: (facts: string[]) => void;
  /** It cannot go on; a sentence. */
  onproblem: (message: string) => void;
  /** Loads anew and goes on at the place where it stopped. */
  reload(): void;
  /** Stops loading, too. */
  dispose(): void;
}

export function imageElement(label: string, url: string): MediaElement {
  const image = element("img", { alt: label });
  const made: MediaElement = {
    element: image,
    onready: () => {},
    onproblem: () => {},
    reload: () => image.src = url,
    dispose: () => image.removeAttribute("src"),
  };
  image.onload = () => made.onready([`${image.naturalWidth} × ${image.naturalHeight}`]);
  image.onerror = () => made.onproblem("The picture could not be loaded.");
  image.src = url;
  return made;
}

/** An element with the browser's controls, which plays as soon as it can. */
export function player(kind: MediaKind, label: string): HTMLMediaElement {
  return element(kind === "audio" ? "audio" : "video", {
    controls: true,
    autoplay: true,
    playsinline: true,
    preload: "metadata",
    "aria-label": label,
    tabindex: "0",
  });
}

/** What the browser plays by itself. */
export function nativeElement(kind: MediaKind, label: string, url: string): MediaElement {
  const media = player(kind, label);
  let resumeAt = 0;
  const made: MediaElement = {
    element: media,
    onready: () => {},
    onproblem: () => {},
    reload() {
      resumeAt = media.currentTime || resumeAt;
      media.src = url;
      media.load();
    },
    dispose() {
      media.onerror = null;
      media.pause();
      // An element that merely leaves the page goes on loading.
      media.removeAttribute("src");
      media.load();
    },
  };
  media.onloadedmetadata = () => {
    if (resumeAt > 0) media.currentTime = resumeAt;
    made.onready(playerFacts(media));
  };
  media.onerror = () => made.onproblem(sentence(media.error));
  media.src = url;
  return made;
}

/** Duration and pixels, as far as they are known. */
export function playerFacts(media: HTMLMediaElement): string[] {
  const facts = [];
  if (Number.isFinite(media.duration)) facts.push(formatTime(media.duration));
  if (media instanceof HTMLVideoElement && media.videoWidth > 0) {
    facts.push(`${media.videoWidth} × ${media.videoHeight}`);
  }
  return facts;
}

function sentence(error: MediaError | null): string {
  switch (error?.code) {
    case MediaError.MEDIA_ERR_NETWORK:
      return "The connection broke while the file was loading.";
    case MediaError.MEDIA_ERR_DECODE:
      return "The browser stumbled over damaged or unusual data in the file.";
    default:
      return "The browser cannot play this file, or could not load it. Downloading it may help.";
  }
}
