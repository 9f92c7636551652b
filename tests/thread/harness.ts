import type { SupervisedThread } from "../../src/thread/supervised_thread.ts";
import { Supervisor, type SupervisorSettings } from "../../src/thread/supervisor.ts";
import type { ThreadError, ThreadSpec } from "../../src/thread/thread_spec.ts";
import { within } from "../support/within.ts";
import { NOTHING, type TestDialogue } from "./fixtures/dialogue.ts";

/** Short enough for a test, long enough for a busy machine: silence is 500 ms. */
const SETTINGS: Partial<SupervisorSettings> = {
  pingMs: 50,
  unansweredPings: 10,
  startPings: 400,
  restart: { firstPauseMs: 10, maxPauseMs: 40, quietMs: 60_000, failures: 5, withinMs: 60_000 },
};

/** A fixture's thread under a real supervisor, and what is heard of it. */
export class Harness implements Disposable {
  readonly thread: SupervisedThread<TestDialogue>;
  readonly #supervisor: Supervisor;
  readonly #release = new SharedArrayBuffer(4);
  readonly #heard: string[] = [];
  #wake = Promise.withResolvers<void>();

  constructor(
    fixture: string,
    settings: Partial<SupervisorSettings> = {},
    spec: Partial<ThreadSpec<TestDialogue>> = {},
  ) {
    this.#supervisor = new Supervisor({
      logLevel: "info",
      settings: { ...SETTINGS, ...settings },
      onfatal: (error: ThreadError) => this.#hear(`fatal: ${error.message}`),
    });
    this.thread = this.#supervisor.thread<TestDialogue>({
      name: "test",
      url: new URL(`fixtures/${fixture}.ts`, import.meta.url),
      confinement: NOTHING,
      options: () => ({ greeting: "hello", release: this.#release }),
      isReady: (value): value is string => typeof value === "string",
      isEvent: (value): value is string => typeof value === "string",
      ...spec,
    }, {
      ready: (value) => this.#hear(`ready: ${value}`),
      event: (value) => this.#hear(`event: ${value}`),
      lost: () => this.#hear("lost"),
    });
  }

  /** What was heard so far, in order. */
  get heard(): readonly string[] {
    return this.#heard;
  }

  /** Resolves when so much has been heard. */
  async hears(count: number): Promise<readonly string[]> {
    const enough = async () => {
      while (this.#heard.length < count) await this.#wake.promise;
    };
    await within(20_000, `${count} things heard, not only ${this.#heard.join()},`, enough());
    return this.#heard;
  }

  /** A thread that was left spinning would do so until the tests end. */
  [Symbol.dispose](): void {
    Atomics.store(new Int32Array(this.#release), 0, 1);
    this.#supervisor.close();
  }

  #hear(what: string): void {
    this.#heard.push(what);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
