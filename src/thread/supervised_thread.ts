import { getLogger, type LogLevel } from "@logtape/logtape";
import { addTotals, type Load, NO_TOTALS, type Totals } from "./load.ts";
import { writeLog } from "./log_lines.ts";
import type { Dialogue, FromThread, RefusalKind } from "./messages.ts";
import { RestartPolicy, type RestartSettings } from "./restart_policy.ts";
import { ThreadError, type ThreadEvents, type ThreadSpec } from "./thread_spec.ts";
import { type Death, type Patience, ThreadWorker } from "./thread_worker.ts";

/** `pausing` is before a replacement; `ended` is for good. */
type State = "new" | "starting" | "ready" | "pausing" | "stopping" | "ended";

/** A thread at the time of its last pong. */
export interface ThreadStatus {
  readonly name: string;
  /** Whether it has died and is being replaced. */
  readonly lost: boolean;
  /** How often it was replaced. */
  readonly restarts: number;
  /** Undefined before the first pong, and while it is being replaced. */
  readonly load: Load | undefined;
}

/** What its supervisor gives a thread. */
export interface Supervision {
  /** May change while the thread runs. */
  logLevel: LogLevel;
  readonly patience: Patience;
  readonly restart: RestartSettings;
  /** A thread has fallen silent; answers whether it may be replaced. */
  fellSilent(): boolean;
  /** A thread cannot be kept running. */
  fatal(error: ThreadError): void;
}

const log = getLogger(["unarr", "thread"]);

/** A worker that is started again when it dies, crashes or falls silent. */
export class SupervisedThread<D extends Dialogue> {
  readonly #spec: ThreadSpec<D>;
  readonly #events: ThreadEvents<D>;
  readonly #supervision: Supervision;
  readonly #policy: RestartPolicy;
  readonly #first = Promise.withResolvers<D["ready"]>();
  readonly #stopped = Promise.withResolvers<void>();
  /** Commands for when it is ready; who gives them bounds them. */
  #queue: D["command"][] = [];
  #state: State = "new";
  #worker: ThreadWorker<D> | undefined;
  #wasReady = false;
  #began = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #load: Load | undefined;
  /** What the workers did that are no more. */
  #past = NO_TOTALS;
  #restarts = 0;

  /** To be made by a `Supervisor`, which calls {@link tick}. */
  constructor(spec: ThreadSpec<D>, events: ThreadEvents<D>, supervision: Supervision) {
    this.#spec = spec;
    this.#events = events;
    this.#supervision = supervision;
    this.#policy = new RestartPolicy(supervision.restart);
    this.#first.promise.catch(() => {});
  }

  get name(): string {
    return this.#spec.name;
  }

  /** Whether it will be heard of no more. */
  get ended(): boolean {
    return this.#state === "ended";
  }

  /** What it had to do at its last pong; undefined before the first, and while it is being replaced. */
  get load(): Load | undefined {
    return this.#load;
  }

  get status(): ThreadStatus {
    const lost = this.#wasReady && (this.#state === "pausing" || this.#state === "starting");
    return { name: this.name, lost, restarts: this.#restarts, load: this.#load };
  }

  /** What it has done, its predecessors included, as of its last pong. */
  get totals(): Totals {
    return this.#load === undefined ? this.#past : addTotals(this.#past, this.#load);
  }

  /** Has it hand over its log from the supervision's level on. */
  relevel(): void {
    this.#worker?.post({ type: "log-level", logLevel: this.#supervision.logLevel });
  }

  /**
   * Starts it. Only what was ready once is replaced.
   *
   * @returns what it answers when it is ready
   * @throws {ThreadError} where it refuses, dies or is stopped before that
   */
  start(): Promise<D["ready"]> {
    if (this.#state === "new") this.#begin();
    return this.#first.promise;
  }

  /** Hands it a command, as soon as it is ready; lost when it dies before. */
  tell(command: D["command"]): void {
    if (this.#state === "ready") this.#worker!.post({ type: "command", command });
    else if (this.#state === "starting") this.#queue.push(command);
  }

  /** Lets it end in an orderly way, and ends it after `withinMs` milliseconds at the latest. */
  async stop(withinMs: number): Promise<void> {
    if (this.#state === "ready") {
      this.#state = "stopping";
      this.#worker!.post({ type: "stop" });
      const late = setTimeout(() => {
        log.warn("thread {thread} did not stop in time", { thread: this.name });
        this.#stopped.resolve();
      }, withinMs);
      await this.#stopped.promise;
      clearTimeout(late);
    } else if (this.#state === "stopping") {
      await this.#stopped.promise;
    }
    this.terminate();
  }

  /** Ends it at once. */
  terminate(): void {
    this.#state = "ended";
    clearTimeout(this.#pause);
    this.#discard();
    this.#first.reject(new ThreadError(`thread ${this.name} was stopped`));
    this.#stopped.resolve();
  }

  /** One ping's time has passed. */
  tick(): void {
    if (this.#state === "starting" || this.#state === "ready") this.#worker?.tick();
  }

  #begin(): void {
    this.#state = "starting";
    this.#began = performance.now();
    const worker = this.#worker = new ThreadWorker(this.#spec, this.#supervision.patience, {
      message: (message) => this.#take(worker, message),
      died: (death) => this.#died(death),
    });
    void this.#sendOptions(worker);
  }

  async #sendOptions(worker: ThreadWorker<D>): Promise<void> {
    try {
      const options = await this.#spec.options();
      worker.post({ type: "start", logLevel: this.#supervision.logLevel, options });
    } catch (error) {
      worker.die(`has no options: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #take(worker: ThreadWorker<D>, message: FromThread): void {
    switch (message.type) {
      case "ready":
        if (!this.#spec.isReady(message.value)) return worker.die("is ready in a way that is none");
        return this.#ready(worker, message.value);
      case "refused":
        if (this.#wasReady) return worker.die(`refused to serve: ${message.message}`);
        this.#discard();
        return this.#fail(message.message, message.kind);
      case "pong":
        this.#load = message.load;
        return;
      case "log":
        return writeLog(message.line);
      case "event":
        if (!this.#spec.isEvent(message.event)) return worker.die("sent an event that is none");
        return this.#events.event?.(message.event);
      case "stopped":
        return this.#stopped.resolve();
    }
  }

  #ready(worker: ThreadWorker<D>, value: D["ready"]): void {
    this.#state = "ready";
    const ms = Math.round(performance.now() - this.#began);
    log.debug("thread {thread} was ready after {ms} ms", { thread: this.name, ms });
    if (this.#wasReady) log.info("thread {thread} runs again", { thread: this.name });
    this.#wasReady = true;
    this.#first.resolve(value);
    this.#events.ready?.(value);
    for (const command of this.#queue.splice(0)) worker.post({ type: "command", command });
  }

  #died({ how, silent }: Death): void {
    this.#discard();
    if (this.#state === "stopping") return this.#stopped.resolve();
    // The stack of a crash is for the log.
    const sentence = how.split("\n", 1)[0]!;
    if (!this.#wasReady) return this.#fail(`thread ${this.name} cannot be started: it ${sentence}`);
    const replaceable = !silent || this.#supervision.fellSilent();
    const pauseMs = replaceable ? this.#policy.died(performance.now()) : undefined;
    if (pauseMs === undefined) {
      this.#state = "ended";
      this.#supervision.fatal(
        new ThreadError(`thread ${this.name} cannot be kept running: it ${sentence}`),
      );
    } else {
      this.#state = "pausing";
      log.error("thread {thread} {how}; it starts again in {seconds} s", {
        thread: this.name,
        how,
        seconds: pauseMs / 1_000,
      });
      this.#restarts++;
      this.#pause = setTimeout(() => this.#begin(), pauseMs);
    }
    this.#events.lost?.();
  }

  /** It was never ready, and is not tried again. */
  #fail(sentence: string, kind: RefusalKind = "fault"): void {
    this.#state = "ended";
    this.#first.reject(new ThreadError(sentence, kind));
  }

  #discard(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#queue = [];
    this.#past = this.totals;
    this.#load = undefined;
  }
}
