/**
 * Agents and instances in virtual time: timers and waits are those of `src/signal`, each instance is one thread that
 * does one thing after the other at the measured cost. An instance dies, and its agents go to the others.
 */
import { DEFAULT_AGENT_SETTINGS } from "../../src/signal/agent_settings.ts";
import { Backoff, type BackoffSettings, jittered } from "../../src/signal/backoff.ts";
import { EventQueue } from "./event_queue.ts";

/** Processor time of one instance for each, in milliseconds. */
export interface Costs {
  readonly sync: number;
  readonly wake: number;
  /** A whole session start: its requests, on whichever instances. */
  readonly start: number;
  /** What of that is one request. */
  readonly requestsPerStart: number;
}

export interface SimulationOptions {
  readonly agents: number;
  readonly instances: number;
  /** Session starts each second, of all agents (Poisson). */
  readonly startsPerSecond: number;
  readonly costs: Costs;
  readonly seed: () => number;
  /** Seconds: how long, when instances die, and for how long they are away. */
  readonly seconds: number;
  readonly deathAt: number;
  readonly awayFor: number;
  /** How many die together. */
  readonly deaths: number;
  /** An agent's waits after a wake that was cut; those of `src/signal/agent_settings.ts` by default. */
  readonly wakeWait?: BackoffSettings;
  /** Milliseconds of a held wake. */
  readonly hold: number;
}

export interface SimulationResult {
  /** Share of their time that instances were busy before the death: mean, and the busiest. */
  readonly load: number;
  readonly busiest: number;
  /** Requests a second at the busiest instance in the worst 100 ms: before, and in the 10 s after the death. */
  readonly peakBefore: number;
  readonly peakAfter: number;
  /** The worst second at one instance from 25 s after the death on: whether the herd comes back as one. */
  readonly echo: number;
  /** Milliseconds that a request waits at most: before, and after the death. */
  readonly waitBefore: number;
  readonly waitAfter: number;
  /** Seconds from the death until no request waits 100 ms any more. */
  readonly recovery: number;
  /** Requests that took longer than an agent waits. */
  readonly timeouts: number;
}

type Kind = "sync" | "wake" | "start";

type Event =
  | { readonly type: "send"; readonly kind: Kind; readonly agent: number }
  | { readonly type: "wake-over"; readonly agent: number; readonly life: number }
  | { readonly type: "death" }
  | { readonly type: "return" };

interface Instance {
  alive: boolean;
  /** When it has done all that was asked of it. */
  freeAt: number;
  busy: number;
  /** Agents whose wakes it holds. */
  readonly held: Set<number>;
  /** Requests by tenth of a second. */
  readonly arrivals: Map<number, number>;
}

interface Agent {
  readonly wait: Backoff;
  /** Counts its wakes, so that what belongs to one that was cut is known. */
  life: number;
  at: Instance | undefined;
}

/** Deaths are noticed, and connections refused, within so long, in milliseconds. */
const NOTICED_MS = 20;

/** From an answer to the next request, in milliseconds. */
const NETWORK_MS = 25;

export function simulate(options: SimulationOptions): SimulationResult {
  const { agents: count, costs, seed: random, hold } = options;
  const { syncMs, wakeWait, callTimeoutMs } = DEFAULT_AGENT_SETTINGS;
  const queue = new EventQueue<Event>();
  const end = options.seconds * 1_000;
  const deathAt = options.deathAt * 1_000;
  const instances: Instance[] = Array.from({ length: options.instances }, () => ({
    alive: true,
    freeAt: 0,
    busy: 0,
    held: new Set<number>(),
    arrivals: new Map<number, number>(),
  }));
  const agents: Agent[] = Array.from({ length: count }, () => ({
    wait: new Backoff(options.wakeWait ?? wakeWait, random),
    life: 0,
    at: undefined,
  }));
  let next = 0;
  const result = { waitBefore: 0, waitAfter: 0, lastSlow: deathAt, timeouts: 0, busyBefore: [] as number[] };

  const pick = (): Instance => {
    do next = (next + 1) % instances.length; while (!instances[next]!.alive);
    return instances[next]!;
  };
  /** When an instance has done what comes now. */
  const work = (instance: Instance, now: number, cost: number): number => {
    const wait = Math.max(0, instance.freeAt - now);
    if (now < deathAt) result.waitBefore = Math.max(result.waitBefore, wait);
    else result.waitAfter = Math.max(result.waitAfter, wait);
    if (now >= deathAt && wait > 100) result.lastSlow = now;
    if (wait > callTimeoutMs) result.timeouts++;
    const slot = Math.floor(now / 100);
    instance.arrivals.set(slot, (instance.arrivals.get(slot) ?? 0) + 1);
    instance.freeAt = now + wait + cost;
    instance.busy += cost;
    return instance.freeAt;
  };

  for (let agent = 0; agent < count; agent++) {
    queue.add(random() * syncMs, { type: "send", kind: "sync", agent });
    // Steady state: wakes end at any time.
    queue.add(random() * hold, { type: "send", kind: "wake", agent });
  }
  const startGap = () => -Math.log(1 - random()) * 1_000 / (options.startsPerSecond * costs.requestsPerStart);
  if (options.startsPerSecond > 0) queue.add(startGap(), { type: "send", kind: "start", agent: 0 });
  queue.add(deathAt, { type: "death" });
  queue.add(deathAt + options.awayFor * 1_000, { type: "return" });

  for (let item = queue.next(); item !== undefined && item.at < end; item = queue.next()) {
    const { at: now, event } = item;
    switch (event.type) {
      case "death":
        result.busyBefore = instances.map(({ busy }) => busy / deathAt);
        for (const instance of instances.slice(0, options.deaths)) {
          instance.alive = false;
          for (const which of instance.held) {
            const agent = agents[which]!;
            agent.life++;
            // As in `src/signal/wake_line.ts`: a wait, then a wake and a sync.
            const back = now + NOTICED_MS + agent.wait.next();
            queue.add(back, { type: "send", kind: "wake", agent: which });
            queue.add(back, { type: "send", kind: "sync", agent: -1 - which });
          }
          instance.held.clear();
        }
        break;
      case "return":
        for (const instance of instances) {
          if (!instance.alive) instance.freeAt = now;
          instance.alive = true;
        }
        break;
      case "send":
        if (event.kind === "start") {
          work(pick(), now, costs.start / costs.requestsPerStart);
          queue.add(now + startGap(), event);
        } else if (event.kind === "sync") {
          const done = work(pick(), now, costs.sync);
          // One beside the tick was asked for by a wake that broke off.
          if (event.agent >= 0) queue.add(done + jittered(syncMs, 0.1, random), event);
        } else {
          const instance = pick();
          const agent = agents[event.agent]!;
          const done = work(instance, now, costs.wake);
          agent.at = instance;
          instance.held.add(event.agent);
          queue.add(done + hold, {
            type: "wake-over",
            agent: event.agent,
            life: agent.life,
          });
        }
        break;
      case "wake-over": {
        const agent = agents[event.agent]!;
        if (agent.life !== event.life) break;
        agent.at?.held.delete(event.agent);
        agent.wait.reset();
        queue.add(now + NETWORK_MS, { type: "send", kind: "wake", agent: event.agent });
        break;
      }
    }
  }
  return summary(instances, options, result);
}

function summary(
  instances: readonly Instance[],
  { deathAt, seconds }: SimulationOptions,
  result: {
    readonly waitBefore: number;
    readonly waitAfter: number;
    readonly lastSlow: number;
    readonly timeouts: number;
    readonly busyBefore: readonly number[];
  },
): SimulationResult {
  const peak = (from: number, to: number, slots: number): number => {
    let most = 0;
    for (const { arrivals } of instances) {
      for (let slot = from * 10; slot + slots <= to * 10; slot++) {
        let sum = 0;
        for (let i = 0; i < slots; i++) sum += arrivals.get(slot + i) ?? 0;
        most = Math.max(most, sum * 10 / slots);
      }
    }
    return most;
  };
  const mean = result.busyBefore.reduce((sum, busy) => sum + busy, 0) / result.busyBefore.length;
  return {
    load: mean,
    busiest: Math.max(...result.busyBefore),
    peakBefore: peak(Math.floor(deathAt / 2), deathAt, 1),
    peakAfter: peak(deathAt, Math.min(seconds, deathAt + 10), 1),
    echo: peak(Math.min(seconds - 1, deathAt + 25), seconds, 10),
    waitBefore: result.waitBefore,
    waitAfter: result.waitAfter,
    recovery: (result.lastSlow - deathAt * 1_000) / 1_000,
    timeouts: result.timeouts,
  };
}
