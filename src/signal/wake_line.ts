import * as v from "valibot";
import { WakeResponse } from "./agent_api.ts";
import { type AgentCalls, type Answer, failureOf, isRefusal, isSuccess } from "./agent_calls.ts";
import type { AgentSettings } from "./agent_settings.ts";
import { Backoff, delay } from "./backoff.ts";
import { failureText } from "./failure_text.ts";

export interface WakeEvents {
  /** The relay has something for the agent. */
  woken(): void;
  /** The relay was gone for a while, and may have forgotten the agent. */
  cut(): void;
  /** The relay refused the key, this time. */
  refused(answer: Answer): void;
  /** A passing error, for the debug log. */
  failed(reason: string): void;
}

interface Failure {
  readonly retryAfterMs?: number | undefined;
  /** There was no answer. */
  readonly isCut?: boolean;
}

/** One wake request after the other (control-plane.md, section 4). */
export class WakeLine {
  readonly #calls: AgentCalls;
  readonly #settings: AgentSettings;
  readonly #events: WakeEvents;
  #hangUp: () => void = () => {};

  constructor(calls: AgentCalls, settings: AgentSettings, events: WakeEvents) {
    this.#calls = calls;
    this.#settings = settings;
    this.#events = events;
  }

  /** Ends the request that is open, and asks again: another relay is the one that would wake. */
  hangUp(): void {
    this.#hangUp();
  }

  /** Asks until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const wait = new Backoff(this.#settings.wakeWait);
    while (!signal.aborted) {
      const began = performance.now();
      const failure = await this.#once(signal);
      if (failure === undefined) {
        wait.reset();
        await delay(Math.max(0, this.#settings.wakeGapMs - (performance.now() - began)), signal);
      } else {
        await delay(wait.next(failure.retryAfterMs), signal);
        if (failure.isCut && !signal.aborted) this.#events.cut();
      }
    }
  }

  /** One request; undefined where it did what it should. */
  async #once(signal: AbortSignal): Promise<Failure | undefined> {
    const left = new AbortController();
    this.#hangUp = () => left.abort();
    try {
      const timeout = AbortSignal.timeout(this.#settings.wakeTimeoutMs);
      const answer = await this.#calls.get("wake", AbortSignal.any([signal, left.signal, timeout]));
      const parsed = v.safeParse(WakeResponse, answer.value);
      if (!isSuccess(answer) || !parsed.success) {
        if (isRefusal(answer)) this.#events.refused(answer);
        else this.#events.failed(failureOf(answer));
        return answer;
      }
      if (parsed.output.wake === true) this.#events.woken();
      return undefined;
    } catch (error) {
      if (signal.aborted || left.signal.aborted) return undefined;
      this.#events.failed(failureText(error));
      return { isCut: true };
    }
  }
}
