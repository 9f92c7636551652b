import { jittered } from "../../src/signal/backoff.ts";
import type { Balancer } from "./balancer.ts";
import { agentId, agentToken } from "./households.ts";

/** Between two syncs, in milliseconds, as `src/signal/agent_settings.ts` has it. */
const SYNC_MS = 10_000;

/** Between two wakes at least, in milliseconds. */
const WAKE_GAP_MS = 250;

/** What an agent does when it is woken and has asked for what. */
export type OnSession = (sessionId: string, household: number) => void;

/** Whether a driver ends, for thousands at once: signals of each would cost more than what is measured. */
export interface Ending {
  ended: boolean;
}

/** An agent as a relay sees it: it registers, holds a wake, and syncs every 10 s and when it is woken. */
export class IdleAgent {
  readonly #token: string;
  readonly #id: string;
  /** Woken while a sync was under way. */
  #syncWanted = false;
  #syncNow = () => {};

  constructor(
    readonly household: number,
    readonly balancer: Balancer,
    readonly onsession: OnSession,
    readonly ending: Ending,
  ) {
    this.#token = agentToken(household);
    this.#id = agentId(household);
  }

  /** Resolves once it is registered and has synced; both loops go on until the driver ends. */
  async start(firstWaitMs: number): Promise<void> {
    await this.#call("register");
    await this.#sync();
    void this.#wakeLoop();
    void this.#syncLoop(firstWaitMs);
  }

  /** A wake is a held request: it has a connection for itself meanwhile. */
  async #wakeLoop(): Promise<void> {
    while (!this.ending.ended) {
      const began = performance.now();
      try {
        const connection = await this.balancer.connection();
        const answer = await connection.request("GET", "/api/internal/agent/wake", this.#token);
        this.balancer.keep(connection);
        if (answer.status === 200 && JSON.parse(answer.body).wake === true) this.#woken();
      } catch {
        // The instance is gone: a sync asks another one what was missed.
        this.#woken();
      }
      const rest = WAKE_GAP_MS - (performance.now() - began);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  async #syncLoop(firstWaitMs: number): Promise<void> {
    let wait = firstWaitMs;
    while (!this.ending.ended) {
      if (!this.#syncWanted) await this.#pause(wait);
      this.#syncWanted = false;
      await this.#sync().catch(() => {});
      wait = jittered(SYNC_MS);
    }
  }

  #woken(): void {
    this.#syncWanted = true;
    this.#syncNow();
  }

  /** Waits for so long or until a wake. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#syncNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #sync(): Promise<void> {
    const answer = await this.#call("sync");
    if (answer.status !== 200) return;
    for (const { sessionId } of JSON.parse(answer.body).webrtcSessions) {
      this.onsession(sessionId, this.household);
    }
  }

  #call(name: string) {
    return this.balancer.call("POST", `/api/internal/agent/${name}`, this.#token, {
      agentId: this.#id,
      name: `Box ${this.household}`,
      version: "1.0.0",
      os: "linux",
      arch: "amd64",
      freeSlots: 0,
      tasks: [],
    });
  }
}
