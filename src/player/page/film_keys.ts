/// <reference lib="dom" />

const STEP_SECONDS = 10;
const VOLUME_STEP = 0.1;

/** Of the usual speed. */
const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** What has keys of its own. */
const CONTROLS = "input, select, textarea, dialog, dialog *";

/** What the keys act on. */
export interface FilmHandles {
  /** The element in use. */
  media(): HTMLMediaElement | undefined;
  /** Goes to the next film. */
  next(): void;
  /** Goes to the full screen, or leaves it. */
  fullScreen(): void;
  /** Shows subtitles, or none. */
  captions(): void;
  /** Says shortly what a key has done. */
  say(words: string): void;
}

/**
 * Keys for a film, wherever on the page the focus is: space and K play and pause, arrows, J and L go back and on,
 * digits go to a tenth, F is for the full screen, I for a picture in the picture, M for silence, C for subtitles,
 * < and > for the speed, N for the next one.
 *
 * @param signal ends it
 */
export function filmKeys(film: FilmHandles, signal: AbortSignal): void {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
    // Which keys make < and > differs from keyboard to keyboard.
    if (event.shiftKey && !/^[<>]$/.test(event.key)) return;
    const media = film.media();
    const target = event.target as Element;
    if (!media || target.matches(CONTROLS)) return;
    const effect = effects(film, media, target)[event.key.toLowerCase()];
    if (!effect) return;
    event.preventDefault();
    // The element itself would act as well, each browser's in its own way.
    event.stopPropagation();
    effect();
  }, { signal, capture: true });
}

function effects(
  film: FilmHandles,
  media: HTMLMediaElement,
  target: Element,
): Partial<Record<string, () => void>> {
  const play = () => media.paused ? void media.play().catch(() => {}) : media.pause();
  const volume = (by: number) => () => {
    media.volume = Math.min(1, Math.max(0, Math.round((media.volume + by) * 100) / 100));
    film.say(`Volume ${Math.round(media.volume * 100)} %`);
  };
  const go = (by: number) => () => {
    media.currentTime = Math.min(media.duration || 0, Math.max(0, media.currentTime + by));
  };
  const tenths = Array.from({ length: 10 }, (_, digit): [string, () => void] => [String(digit), () => {
    if (Number.isFinite(media.duration)) media.currentTime = media.duration * digit / 10;
  }]);
  const speed = (by: 1 | -1) => () => {
    media.playbackRate = nextSpeed(media.playbackRate, by);
    film.say(`Speed ${media.playbackRate} ×`);
  };
  // The browser's own controls are inside the element, and are moved by arrows and space themselves.
  const isInControls = target === media && !media.matches(":focus");
  const isFilm = target === media && !isInControls;
  return {
    // Buttons and links take it for themselves.
    ...(isFilm || target.matches("body, main") ? { " ": play } : {}),
    // Elsewhere they scroll.
    ...(isFilm ? { arrowup: volume(VOLUME_STEP), arrowdown: volume(-VOLUME_STEP) } : {}),
    ...(isInControls ? {} : { arrowleft: go(-STEP_SECONDS), arrowright: go(STEP_SECONDS) }),
    ...Object.fromEntries(tenths),
    j: go(-STEP_SECONDS),
    l: go(STEP_SECONDS),
    k: play,
    m: () => media.muted = !media.muted,
    f: () => film.fullScreen(),
    i: () => togglePictureInPicture(media),
    c: () => film.captions(),
    n: () => film.next(),
    "<": speed(-1),
    ">": speed(1),
  };
}

/** The next speed in a direction; the last one where there is none. */
export function nextSpeed(now: number, by: 1 | -1): number {
  const further = by > 0 ? SPEEDS.find((speed) => speed > now) : SPEEDS.findLast((speed) => speed < now);
  return further ?? now;
}

function togglePictureInPicture(media: HTMLMediaElement): void {
  if (!(media instanceof HTMLVideoElement)) return;
  // Firefox has a button of its own for it, and nothing for pages.
  const done = document.pictureInPictureElement
    ? document.exitPictureInPicture()
    : media.requestPictureInPicture?.();
  done?.catch(() => {});
}
