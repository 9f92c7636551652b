/** What a service of many relays needs, and what happens to it when an instance dies: by simulation. */
import { DEFAULT_AGENT_SETTINGS } from "../../src/signal/agent_settings.ts";
import type { BackoffSettings } from "../../src/signal/backoff.ts";
import { seeded } from "../../tests/support/seeded.ts";
import { simulate, type SimulationResult } from "./simulation.ts";

export interface SimulateOptions {
  readonly agents: number;
  readonly instances: number;
  /** Session starts of one agent in a day. */
  readonly "starts-a-day": number;
  readonly deaths: number;
  readonly seed: number;
  /** Microseconds of an instance's processor for each, as measured by the other scenarios. */
  readonly "sync-us": number;
  readonly "wake-us": number;
  readonly "start-us": number;
}

/** Requests of one session start: one for the session, one wake, one sync, two streams, eight messages, its end. */
const REQUESTS_PER_START = 14;

/** Starts come in the evening: so many times as many as on the mean of a day. */
const EVENING = 4;

const HOLD_MS = 28_000;

export interface SimulateReport {
  readonly agents: number;
  readonly instances: number;
  readonly startsPerSecond: number;
  /** With the waits of this program. */
  readonly program: SimulationResult;
  /** With waits after a cut that vary by a fifth, as all others do. */
  readonly narrow: SimulationResult;
}

export function measureSimulation(options: SimulateOptions, say: (line: string) => void): SimulateReport {
  const startsPerSecond = EVENING * options.agents * options["starts-a-day"] / 86_400;
  say(
    `${options.agents} agents, ${options.instances} instances, ${startsPerSecond.toFixed(1)} starts a second`,
  );
  const run = (wakeWait: BackoffSettings) =>
    simulate({
      agents: options.agents,
      instances: options.instances,
      startsPerSecond,
      costs: {
        sync: options["sync-us"] / 1_000,
        wake: options["wake-us"] / 1_000,
        start: options["start-us"] / 1_000,
        requestsPerStart: REQUESTS_PER_START,
      },
      seed: seeded(options.seed),
      seconds: 180,
      deathAt: 60,
      awayFor: 30,
      deaths: options.deaths,
      hold: HOLD_MS,
      wakeWait,
    });
  return {
    agents: options.agents,
    instances: options.instances,
    startsPerSecond,
    program: run(DEFAULT_AGENT_SETTINGS.wakeWait),
    narrow: run({ ...DEFAULT_AGENT_SETTINGS.wakeWait, jitter: 0.2 }),
  };
}
