import type { PlayerError, PlayerErrorType } from "./errors.ts";
import type { Session } from "./session.ts";

/** Between two tries to connect beside a session that is interrupted, in milliseconds. */
const PAUSE_MS = 1_000;

/** The box is not what the link says, or does not know the link: to ask again is of no use. */
const FINAL: ReadonlySet<PlayerErrorType> = new Set(["not-trusted", "not-authorised"]);

type Attempt = Session | PlayerError;

/**
 * Waits until a session is over, or another has been made that is to take its place: an interruption may pass, or
 * the box may have started anew and know nothing of the session. Both are tried, and the first that works counts.
 *
 * @param connect makes another session, and none any more when its signal aborts; never rejects
 * @returns why the session ended, or the next one; the first one is then still to be closed
 */
export async function successor(
  session: Session,
  connect: (stop: AbortSignal) => Promise<Attempt>,
): Promise<Attempt> {
  for (;;) {
    if (await happens(session, ["doubt"]) === "closed") return session.error!;
    const next = await beside(session, connect);
    if (next !== "restored") return next;
  }
}

/** Tries until there is another session, or the interruption is over. */
async function beside(
  session: Session,
  connect: (stop: AbortSignal) => Promise<Attempt>,
): Promise<Attempt | "restored"> {
  for (;;) {
    const stop = new AbortController();
    const attempt = connect(stop.signal);
    // The end of the session does not end the attempt.
    const restored = happens(session, ["restored"], stop.signal)
      .then((what): Attempt | "restored" | Promise<Attempt> => what === "restored" ? what : attempt);
    const first = await Promise.race([attempt, restored]);
    stop.abort();
    if (first === "restored" || "sessionId" in first) return first;
    const isFinal = FINAL.has(first.type);
    if (session.state === "closed") return isFinal ? first : session.error!;
    const what = await happens(session, isFinal ? ["restored"] : ["restored", "paused"]);
    if (what === "closed") return isFinal ? first : session.error!;
    if (what === "restored") return what;
  }
}

type Happening = "doubt" | "restored" | "paused" | "closed";

/** The first of `awaited` that happens to a session, or its end. */
function happens(
  session: Session,
  awaited: readonly Happening[],
  signal?: AbortSignal,
): Promise<Happening> {
  const done = new AbortController();
  return new Promise<Happening>((resolve) => {
    const options = { signal: signal ? AbortSignal.any([signal, done.signal]) : done.signal };
    const look = () => {
      if (session.state === "closed") resolve("closed");
      if (session.state === "open" && awaited.includes("restored")) resolve("restored");
    };
    session.addEventListener("statechange", look, options);
    if (awaited.includes("doubt")) session.addEventListener("doubt", () => resolve("doubt"), options);
    if (awaited.includes("paused")) {
      const timer = setTimeout(() => resolve("paused"), PAUSE_MS);
      done.signal.addEventListener("abort", () => clearTimeout(timer));
    }
    look();
  }).finally(() => done.abort());
}
