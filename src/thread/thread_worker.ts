import { permissionsOf } from "./confinement.ts";
import { type Dialogue, type FromThread, readFromThread, type ToThread } from "./messages.ts";
import type { ThreadSpec } from "./thread_spec.ts";

/** Why a worker is given up; one that is silent may go on spinning, which the runtime cannot stop. */
export interface Death {
  /** What it did, as the rest of a sentence. */
  readonly how: string;
  readonly silent: boolean;
}

export interface ThreadWorkerEvents {
  message(message: FromThread): void;
  /** At most once; it has been terminated. */
  died(death: Death): void;
}

/** How patient to be, in pings. */
export interface Patience {
  /** Pings without an answer that count as silence. */
  readonly unansweredPings: number;
  /** Pings' times that may go by until it is ready. */
  readonly startPings: number;
}

/** One worker of a thread: what it says, in the form it should have, and whether it says anything. */
export class ThreadWorker<D extends Dialogue> {
  readonly #worker: Worker;
  readonly #events: ThreadWorkerEvents;
  readonly #patience: Patience;
  #ended = false;
  #loaded = false;
  #ready = false;
  #startTicks = 0;
  #unanswered = 0;

  constructor({ url, name, confinement }: ThreadSpec<D>, patience: Patience, events: ThreadWorkerEvents) {
    this.#patience = patience;
    this.#events = events;
    const worker = this.#worker = new Worker(url, {
      type: "module",
      name,
      deno: { permissions: permissionsOf(confinement) },
    });
    worker.onmessage = ({ data }) => this.#take(data);
    worker.onmessageerror = () => this.die("sent what cannot be read");
    worker.onerror = (event) => {
      event.preventDefault();
      this.die(`crashed: ${event.message}`);
    };
  }

  post(message: ToThread<D>): void {
    if (!this.#ended) this.#worker.postMessage(message);
  }

  /** One ping's time has passed. Silence is counted in these: a main that itself stood still accuses nobody. */
  tick(): void {
    const { unansweredPings, startPings } = this.#patience;
    if (!this.#ready && ++this.#startTicks > startPings) return this.die("did not start in time", true);
    // Until its modules have loaded it cannot answer.
    if (!this.#loaded) return;
    if (this.#unanswered >= unansweredPings) return this.die("is silent", true);
    this.#unanswered++;
    this.post({ type: "ping" });
  }

  /** Gives it up. */
  die(how: string, silent = false): void {
    if (this.#ended) return;
    this.terminate();
    this.#events.died({ how, silent });
  }

  /** Ends it without a word. */
  terminate(): void {
    this.#ended = true;
    this.#worker.terminate();
  }

  #take(data: unknown): void {
    if (this.#ended) return;
    this.#unanswered = 0;
    const message = readFromThread(data);
    if (message === undefined) return this.die("sent what is no message");
    if (message.type === "loaded") this.#loaded = true;
    if (message.type === "ready") {
      if (this.#ready) return this.die("was ready twice");
      this.#ready = true;
    }
    if (message.type === "crashed") return this.die(`crashed: ${message.message}`);
    this.#events.message(message);
  }
}
