/// <reference lib="dom" />
import { mediaKind } from "../media/content_types.ts";
import { parentOf } from "./breadcrumb.ts";
import { button, element } from "./dom.ts";
import type { Frame } from "./frame.ts";
import { nextEpisode } from "./neighbours.ts";
import { pageStorage } from "./storage.ts";

const COUNTDOWN_SECONDS = 10;

const KEY = "play-next";

/** The path of the next episode in the folder of a film; undefined where there is none. */
export async function findNext({ context, name }: Frame, signal: AbortSignal): Promise<string | undefined> {
  const listing = context.listings.get(parentOf(context.location).path);
  try {
    await listing.load(signal, () => {});
  } catch {
    return undefined; // The film was seen to its end, which is what counts.
  }
  const films = listing.entries.filter((entry) => entry.kind === "file" && mediaKind(entry.name) === "video");
  const next = nextEpisode(name, films.map((film) => film.name));
  return films.find((film) => film.name === next)?.path;
}

/**
 * Offers the next film. It begins by itself only where that was chosen, and after some seconds in which it can
 * be called off.
 *
 * @param signal ends the countdown
 */
export function offerNext(path: string, play: () => void, signal: AbortSignal): HTMLElement {
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
