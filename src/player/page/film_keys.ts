/// <reference lib="dom" />

const STEP_SECONDS = 10;
const VOLUME_STEP = 0.1;

/** What has keys of its own. */
const CONTROLS = "input, select, textarea, dialog, dialog *";

/**
 * Keys for a film, wherever on the page the focus is: space and K play and pause, arrows go back and on, F is for
 * the full screen, M for silence, N for the next one.
 *
 * @param film the element in use
 * @param signal ends it
 */
export function filmKeys(
  film: () => HTMLMediaElement | undefined,
  next: () => void,
  signal: AbortSignal,
): void {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    const media = film();
    const target = event.target as Element;
    if (!media || target.matches(CONTROLS)) return;
    const effect = effects(media, target, next)[event.key.toLowerCase()];
    if (!effect) return;
    event.preventDefault();
    // The element itself would act as well, each browser's in its own way.
    event.stopPropagation();
    effect();
  }, { signal, capture: true });
}

function effects(
  media: HTMLMediaElement,
  target: Element,
  next: () => void,
): Partial<Record<string, () => void>> {
  const play = () => media.paused ? void media.play().catch(() => {}) : media.pause();
  const volume = (by: number) => () => media.volume = Math.min(1, Math.max(0, media.volume + by));
  // The browser's own controls are inside the element, and are moved by arrows and space themselves.
  const isInControls = target === media && !media.matches(":focus");
  const isFilm = target === media && !isInControls;
  return {
    // Buttons and links take it for themselves.
    ...(isFilm || target.matches("body, main") ? { " ": play } : {}),
    // Elsewhere they scroll.
    ...(isFilm ? { arrowup: volume(VOLUME_STEP), arrowdown: volume(-VOLUME_STEP) } : {}),
    ...(isInControls ? {} : {
      arrowleft: () => media.currentTime = Math.max(0, media.currentTime - STEP_SECONDS),
      arrowright: () => media.currentTime = Math.min(media.duration || 0, media.currentTime + STEP_SECONDS),
    }),
    k: play,
    m: () => media.muted = !media.muted,
    f: () => toggleFullscreen(media),
    n: next,
  };
}

function toggleFullscreen(media: HTMLMediaElement): void {
  const done = document.fullscreenElement ? document.exitFullscreen() : media.requestFullscreen?.();
  done?.catch(() => {}); // Not on this machine.
}
