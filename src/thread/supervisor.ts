import type { LogLevel } from "@logtape/logtape";
import { addTotals, NO_TOTALS, type Totals } from "./load.ts";
import type { Dialogue } from "./messages.ts";
import { DEFAULT_RESTART_SETTINGS, type RestartSettings } from "./restart_policy.ts";
import { SupervisedThread, type Supervision, type ThreadStatus } from "./supervised_thread.ts";
import type { ThreadError, ThreadEvents, ThreadSpec } from "./thread_spec.ts";
import type { Patience } from "./thread_worker.ts";

export interface SupervisorSettings extends Patience {
  /** Between two pings of a thread, in milliseconds. */
  readonly pingMs: number;
  /**
   * Threads that may fall silent in the life of the process. The runtime's `terminate` does not stop one that
   * spins (Deno 2.9.6), so that each may go on to take a processor; a new process is what helps then.
   */
  readonly silences: number;
  readonly restart: RestartSettings;
}

export const DEFAULT_SUPERVISOR_SETTINGS: SupervisorSettings = {
  pingMs: 2_000,
  // 10 s.
  unansweredPings: 5,
  // A minute: packages may have to be fetched first.
  startPings: 30,
  silences: 4,
  restart: DEFAULT_RESTART_SETTINGS,
};

export interface SupervisorOptions {
  /** From which level on threads hand over their log. */
  readonly logLevel: LogLevel;
  readonly settings?: Partial<SupervisorSettings>;
  /** A thread cannot be kept running; the program should end. */
  onfatal(error: ThreadError): void;
  /** After each round of pings. */
  ontick?(): void;
}

/** What of a thread does not depend on what it is for. */
type Watched = Pick<
  SupervisedThread<Dialogue>,
  "tick" | "terminate" | "relevel" | "ended" | "status" | "totals"
>;

/** Watches threads: pings them, and has those replaced that die. */
export class Supervisor {
  readonly #supervision: Supervision;
  readonly #threads = new Set<Watched>();
  readonly #timer: ReturnType<typeof setInterval>;
  #silences = 0;
  /** What the threads did that ended for good. */
  #past = NO_TOTALS;

  constructor({ logLevel, settings, onfatal, ontick }: SupervisorOptions) {
    const { pingMs, silences, restart, ...patience } = { ...DEFAULT_SUPERVISOR_SETTINGS, ...settings };
    this.#supervision = {
      logLevel,
      patience,
      restart,
      fellSilent: () => ++this.#silences <= silences,
      fatal: onfatal,
    };
    this.#timer = setInterval(() => {
      for (const thread of this.#threads) {
        if (thread.ended) this.#forget(thread);
        else thread.tick();
      }
      ontick?.();
    }, pingMs);
  }

  /** A thread under watch, to be started by the caller. */
  thread<D extends Dialogue>(spec: ThreadSpec<D>, events: ThreadEvents<D> = {}): SupervisedThread<D> {
    const thread = new SupervisedThread(spec, events, this.#supervision);
    this.#threads.add(thread);
    return thread;
  }

  /** All threads that have not ended for good. */
  get threads(): ThreadStatus[] {
    return [...this.#threads].filter(({ ended }) => !ended).map(({ status }) => status);
  }

  /** What all threads have done, those that are no more included, as of their last pongs. */
  get totals(): Totals {
    return [...this.#threads].reduce((sum, { totals }) => addTotals(sum, totals), this.#past);
  }

  /** From which level on threads hand over their log, from here on. */
  set logLevel(level: LogLevel) {
    this.#supervision.logLevel = level;
    for (const thread of this.#threads) thread.relevel();
  }

  /** Ends all threads at once, and the watch. */
  close(): void {
    clearInterval(this.#timer);
    for (const thread of this.#threads) thread.terminate();
    this.#threads.clear();
  }

  #forget(thread: Watched): void {
    this.#threads.delete(thread);
    this.#past = addTotals(this.#past, thread.totals);
  }
}
