import type { ControllerFactory } from "../../../../src/rtc/sctp/congestion/controller.ts";
import { Clock } from "./clock.ts";
import { CrossTraffic, type CrossTrafficOptions, Sink } from "./cross_traffic.ts";
import type { Flow, FlowMaker } from "./flow.ts";
import type { LinkOptions } from "./link.ts";
import { modelFlow } from "./model_flow.ts";
import { join } from "./network.ts";
import { makePath } from "./path.ts";

/** How often the queue is looked at, in ms. */
const QUEUE_SAMPLE = 5;

/** A path, what runs over it, and for how long. */
export interface Scenario {
  readonly name: string;
  readonly up: LinkOptions;
  readonly down?: LinkOptions;
  /** Bytes the receiver can hold: Chromium's 5 MiB where nothing is said. */
  readonly window?: number;
  /** Virtual seconds, and how many of them at the start are left out of the figures. */
  readonly seconds: number;
  readonly warmUp?: number;
  /** Mbit/s the application offers; without it there is always something to send. */
  readonly offered?: number;
  /** Mbit/s of a flow that heeds nobody. */
  readonly cross?: CrossTrafficOptions;
  /** Changes of the rate: seconds and Mbit/s. */
  readonly rates?: readonly (readonly [second: number, rate: number])[];
  readonly timerGranularity?: number;
}

export interface Outcome {
  /** Mbit/s of data that arrived. */
  readonly goodput: number;
  /** Time in the queue before the bottleneck, in ms. */
  readonly queueP50: number;
  readonly queueP95: number;
  /** Share of the data that had been sent before. */
  readonly retransmitted: number;
  /** Share of the goodput of both flows; without a rival 1. */
  readonly share: number;
  /** Goodput of the rival, in Mbit/s. */
  readonly rival: number;
}

export interface RunOptions {
  readonly controller: ControllerFactory;
  /** Makes the flow that is measured. */
  readonly flow?: FlowMaker;
  /** A flow of the model sender in the same queue. */
  readonly rival?: ControllerFactory;
  /** When the rival has nothing more to send, in seconds. */
  readonly rivalStop?: number;
  /** When the measured flow begins, in seconds; the rival begins at once. */
  readonly start?: number;
  readonly seed?: number;
}

const MEBIBYTE = 1 << 20;

/** Runs a scenario in virtual time. */
export function run(scenario: Scenario, options: RunOptions): Outcome {
  const { up, seconds, warmUp = 0, window = 5 * MEBIBYTE } = scenario;
  const seed = options.seed ?? 1;
  const clock = new Clock();
  const path = makePath(clock, { up, ...(scenario.down && { down: scenario.down }), seed });
  const common = { clock, path, window, timerGranularity: scenario.timerGranularity ?? 0 };
  const flow = (options.flow ?? modelFlow)({
    ...common,
    controller: options.controller,
    seed: seed + 100,
    start: (options.start ?? 0) * 1_000,
    ...(scenario.offered !== undefined && { offered: scenario.offered * 125_000 }),
  });
  const rival = options.rival && modelFlow({
    ...common,
    controller: options.rival,
    seed: seed + 200,
    ...(options.rivalStop !== undefined && { stop: options.rivalStop * 1_000 }),
  });
  if (scenario.cross !== undefined) join(clock, path, new CrossTraffic(scenario.cross), new Sink());
  for (const [second, rate] of scenario.rates ?? []) clock.at(second * 1_000, () => path.up.setRate(rate));

  clock.runUntil(warmUp * 1_000);
  const before = [counts(flow), rival && counts(rival)] as const;
  const queue: number[] = [];
  for (let at = warmUp * 1_000; at < seconds * 1_000; at += QUEUE_SAMPLE) {
    clock.runUntil(at);
    queue.push(path.up.waiting);
  }
  clock.runUntil(seconds * 1_000);
  queue.sort((a, b) => a - b);
  const mbits = (bytes: number) => bytes * 8 / (seconds - warmUp) / 1e6;
  const goodput = mbits(flow.received - before[0].received);
  const rivalGoodput = rival === undefined ? 0 : mbits(rival.received - before[1]!.received);
  return {
    goodput,
    queueP50: queue[Math.floor(queue.length * 0.5)]!,
    queueP95: queue[Math.floor(queue.length * 0.95)]!,
    retransmitted: (flow.retransmitted - before[0].retransmitted) / Math.max(flow.sent - before[0].sent, 1),
    share: goodput / (goodput + rivalGoodput || 1),
    rival: rivalGoodput,
  };
}

function counts(flow: Flow): Pick<Flow, "received" | "sent" | "retransmitted"> {
  return { received: flow.received, sent: flow.sent, retransmitted: flow.retransmitted };
}
