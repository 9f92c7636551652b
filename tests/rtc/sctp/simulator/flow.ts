import type { ControllerFactory } from "../../../../src/rtc/sctp/congestion/controller.ts";
import type { Clock } from "./clock.ts";
import type { Path } from "./path.ts";

/** What a scenario asks of one flow of data over a path, from its first end to its second. */
export interface FlowPlan {
  readonly clock: Clock;
  readonly path: Path;
  readonly controller: ControllerFactory;
  /** Bytes the receiver can hold. */
  readonly window: number;
  readonly seed: number;
  /** When it begins, in ms. */
  readonly start?: number;
  /** When the application has nothing more to send, in ms. */
  readonly stop?: number;
  /** Bytes the application offers each second; without it there is always something to send. */
  readonly offered?: number;
  readonly timerGranularity?: number;
}

/** A flow that runs. */
export interface Flow {
  /** Bytes of data that arrived for the first time. */
  readonly received: number;
  /** Bytes of data sent, and how many of them for a further time. */
  readonly sent: number;
  readonly retransmitted: number;
}

export type FlowMaker = (plan: FlowPlan) => Flow;
