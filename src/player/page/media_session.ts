/// <reference lib="dom" />

/** Where a key or the lock screen names no step of its own. */
const STEP_SECONDS = 10;

/** A name without what only machines need: `The Film (2013).mkv` is `The Film (2013)`. */
export function titleOf(name: string): string {
  const dot = name.lastIndexOf(".");
  const isExtension = dot > 0 && name.length - dot <= 6;
  return (isExtension ? name.slice(0, dot) : name).replaceAll("_", " ").trim() || name;
}

/**
 * Names the film on lock screens and in the system's list of what plays, and lets their buttons and those of
 * headphones move it (Media Session Standard).
 *
 * @param place where it lies, such as the name of its folder
 * @param next goes to the next film
 * @param signal ends it
 */
export function controlFromOutside(
  media: HTMLMediaElement,
  { name, place, next }: { readonly name: string; readonly place: string; readonly next: () => void },
  signal: AbortSignal,
): void {
  const { mediaSession } = navigator as { mediaSession?: MediaSession };
  if (mediaSession === undefined || typeof MediaMetadata === "undefined") return;
  mediaSession.metadata = new MediaMetadata({ title: titleOf(name), artist: place });

  const go = (to: number) => media.currentTime = Math.min(media.duration || 0, Math.max(0, to));
  const actions: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
    play: () => void media.play().catch(() => {}),
    pause: () => media.pause(),
    seekbackward: ({ seekOffset }) => go(media.currentTime - (seekOffset ?? STEP_SECONDS)),
    seekforward: ({ seekOffset }) => go(media.currentTime + (seekOffset ?? STEP_SECONDS)),
    seekto: ({ seekTime }) => go(seekTime ?? 0),
    nexttrack: next,
  };
  const names = Object.keys(actions) as MediaSessionAction[];
  for (const action of names) handle(mediaSession, action, actions[action]!);

  const tell = () => {
    mediaSession.playbackState = media.paused ? "paused" : "playing";
    const { duration, currentTime, playbackRate } = media;
    if (!Number.isFinite(duration) || duration <= 0) return;
    mediaSession.setPositionState?.({ duration, playbackRate, position: Math.min(currentTime, duration) });
  };
  for (const event of ["play", "pause", "seeked", "ratechange", "durationchange"]) {
    media.addEventListener(event, tell, { signal });
  }
  signal.addEventListener("abort", () => {
    mediaSession.metadata = null;
    mediaSession.playbackState = "none";
    for (const action of names) handle(mediaSession, action, null);
  }, { once: true });
}

/** Browsers throw at actions that they do not know. */
function handle(
  session: MediaSession,
  action: MediaSessionAction,
  to: MediaSessionActionHandler | null,
): void {
  try {
    session.setActionHandler(action, to);
  } catch {
    // Its button is not there then.
  }
}
