/// <reference lib="dom" />
import { mediaKind } from "../media/content_types.ts";
import { parentOf } from "./breadcrumb.ts";
import { button, element } from "./dom.ts";
import type { Frame } from "./frame.ts";
import { beside, nextEpisode } from "./neighbours.ts";
import { compareNames } from "./sorting.ts";
import { pageStorage } from "./storage.ts";

const COUNTDOWN_SECONDS = 10;

const KEY = "play-next";

/**
 * What follows a film or a sound: the next episode is offered, the next sound of the folder begins by itself, as on
 * a record.
 *
 * @param now goes there instead of offering it
 * @param none is told, in a sentence, where there is nowhere to go to now
 * @param signal the film was left
 */
export async function goNext(
  frame: Frame,
  kind: "video" | "audio",
  now: boolean,
  none: (sentence: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const path = await findNext(frame, kind, signal);
  if (signal.aborted) return;
  const isVideo = kind === "video";
  const play = () => frame.replace(path!);
  if (path === undefined) {
    if (now) none(isVideo ? "There is no next episode here." : "There is no next one here.");
    return;
  }
  if (now || !isVideo) return play();
  const offer = offerNext(path, play, signal);
  // Nobody sees an offer behind the film.
  if (document.fullscreenElement?.matches("video")) await document.exitFullscreen().catch(() => {});
  frame.note(offer);
  if (document.activeElement?.matches("body, main, video")) offer.querySelector("button")?.focus();
}

/** The path of the next episode or sound in the folder; undefined where there is none. */
async function findNext(
  { context, path, name }: Frame,
  kind: "video" | "audio",
  signal: AbortSignal,
): Promise<string | undefined> {
  const listing = context.listings.get(parentOf(context.location).path);
  try {
    await listing.load(signal, () => {});
  } catch {
    return undefined; // The film was seen to its end, which is what counts.
  }
  const files = listing.entries.filter((entry) => entry.kind === "file" && mediaKind(entry.name) === kind);
  if (kind === "audio") {
    return beside(files.toSorted((a, b) => compareNames(a.name, b.name)), path).next?.path;
  }
  const next = nextEpisode(name, files.map((film) => film.name));
  return files.find((film) => film.name === next)?.path;
}

/**
 * Offers the next film. It begins by itself only where that was chosen, and after some seconds in which it can
 * be called off.
 *
 * @param signal ends the countdown
 */
function offerNext(path: string, play: () => void, signal: AbortSignal): HTMLElement {
  const storage = pageStorage();
  const countdown = element("span", { class: "hint" });
  const byItself = element("input", { type: "checkbox" });
  byItself.checked = storage.getItem(KEY) === "yes";
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    clearInterval(timer);
    countdown.textContent = "";
    cancel.hidden = true;
  };
  const cancel = button("Cancel", stop);
  const start = () => {
    let left = COUNTDOWN_SECONDS;
    const tick = () => {
      if (left === 0) return play();
      countdown.textContent = `Starts in ${left--} s.`;
    };
    clearInterval(timer);
    timer = setInterval(tick, 1_000);
    cancel.hidden = false;
    tick();
  };
  byItself.addEventListener("change", () => {
    try {
      storage.setItem(KEY, byItself.checked ? "yes" : "no");
    } catch {
      // A browser that keeps nothing, or has no room.
    }
    if (byItself.checked) start();
    else stop();
  });
  signal.addEventListener("abort", () => clearInterval(timer));
  if (byItself.checked) start();
  else stop();
  return element(
    "section",
    { class: "next", "aria-label": "Next episode" },
    element("p", {}, "Next: ", element("strong", { dir: "auto" }, path.slice(path.lastIndexOf("/") + 1))),
    element("div", { class: "choice" }, button("Play", play, { class: "primary" }), cancel, countdown),
    element("label", { class: "switch" }, byItself, "Play the next one by itself"),
  );
}
