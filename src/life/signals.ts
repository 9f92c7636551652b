/** What the signals of the system ask of a program that runs on. */
export interface SignalEvents {
  /** SIGINT, SIGTERM; on Windows Ctrl-C and Ctrl-Break. */
  stop(): void;
  /** The second of these. */
  stopAtOnce(): void;
  /** SIGHUP. Windows has none: its own, for a console that closes, cannot be answered in time. */
  reload(): void;
}

const WINDOWS = Deno.build.os === "windows";

/** Answers signals from here on, in place of the system's way, which is to end the process. */
export function onSignals(events: SignalEvents): void {
  let asked = false;
  const stop = () => {
    if (asked) events.stopAtOnce();
    else events.stop();
    asked = true;
  };
  for (const signal of ["SIGINT", WINDOWS ? "SIGBREAK" : "SIGTERM"] as const) {
    Deno.addSignalListener(signal, stop);
  }
  if (!WINDOWS) Deno.addSignalListener("SIGHUP", () => events.reload());
}
