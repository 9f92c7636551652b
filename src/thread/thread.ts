import { getLogger, type LogLevel } from "@logtape/logtape";
import { type Confinement, confinementFault } from "./confinement.ts";
import { postLog } from "./log_lines.ts";
import { type Load, NO_TOTALS } from "./load.ts";
import type { Dialogue, FromThread, ToThread } from "./messages.ts";

/** What a thread is for. */
export interface ThreadBody<D extends Dialogue> {
  /** What it may do when it is started with `options`; anything else, and it refuses to serve. */
  confinement(options: D["options"]): Confinement;
  /**
   * Begins to serve.
   *
   * @param emit tells main of what happens
   * @throws {AlreadyRunning} where another instance of the program serves already
   * @throws {Error} whose message is a sentence for the user, where it cannot be done
   */
  start(options: D["options"], emit: (event: D["event"]) => void): Promise<RunningThread<D>>;
}

export interface RunningThread<D extends Dialogue> {
  /** What main is answered. */
  readonly ready: D["ready"];
  /** What it has to do now, and has done since it started. */
  load?(): Omit<Load, "delayMs">;
  command?(command: D["command"]): void;
  /** Ends what it does in an orderly way, within a time of its own. */
  stop(): Promise<void>;
}

/** Another instance of the program serves already; the message is a sentence for the user. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";
}

/** Of a thread without sessions. */
const IDLE = { sessions: 0, bufferedBytes: 0, ...NO_TOTALS };

/** The worker's end, as the program uses it. */
interface WorkerScope extends EventTarget {
  readonly name: string;
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

const log = getLogger(["unarr", "thread"]);

/** Runs `body` in this worker, as main says. To be called once, from the worker's module. */
export function runThread<D extends Dialogue>(body: ThreadBody<D>): void {
  const scope = globalThis as unknown as WorkerScope;
  const post = (message: FromThread) => scope.postMessage(message);
  let running: RunningThread<D> | undefined;

  const start = async (logLevel: LogLevel, options: D["options"]) => {
    postLog(logLevel, (line) => post({ type: "log", line }));
    const fault = confinementFault(body.confinement(options));
    if (fault !== undefined) {
      return post({
        type: "refused",
        message: `thread ${scope.name} is not confined as it must be: ${fault}`,
        kind: "fault",
      });
    }
    try {
      running = await body.start(options, (event) => post({ type: "event", event }));
      post({ type: "ready", value: running.ready });
    } catch (error) {
      post({
        type: "refused",
        message: error instanceof Error ? error.message : String(error),
        kind: error instanceof AlreadyRunning ? "already-running" : "fault",
      });
    }
  };

  const tellLoad = (delayMs: number) =>
    post({ type: "pong", load: { ...IDLE, ...running?.load?.(), delayMs } });

  const pong = () => {
    const pinged = performance.now();
    // Behind whatever else is due: that is how long others wait, too.
    setTimeout(() => tellLoad(performance.now() - pinged), 0);
  };

  const stop = async () => {
    await running?.stop().catch((error: unknown) =>
      log.error("stopping: {error}", { error: stackOf(error) })
    );
    // With what was sent and ended since the last ping.
    tellLoad(0);
    post({ type: "stopped" });
  };

  scope.onmessage = ({ data }: MessageEvent<ToThread<D>>) => {
    switch (data.type) {
      case "start":
        return void start(data.logLevel, data.options);
      case "command":
        return running?.command?.(data.command);
      case "log-level":
        return postLog(data.logLevel, (line) => post({ type: "log", line }));
      case "ping":
        return pong();
      case "stop":
        return void stop();
    }
  };
  // One session's library rejecting where nobody listens must not end the films of all others.
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("unexpected: {error}", { error: stackOf((event as PromiseRejectionEvent).reason) });
  });
  // What was half done when it threw is unknown: main starts another. Prevented, or the runtime writes it
  // to standard error past the log.
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    post({ type: "crashed", message: stackOf((event as ErrorEvent).error) });
    scope.close();
  });
  post({ type: "loaded" });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
