import type { ControllerFactory } from "../../../../src/rtc/sctp/congestion/controller.ts";
import type { Clock } from "./clock.ts";
import { ModelReceiver } from "./model_receiver.ts";
import { ModelSender } from "./model_sender.ts";
import { join } from "./network.ts";
import type { Path } from "./path.ts";
import { seededRandom } from "./random.ts";

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
  /** Bytes the application offers each second; without it there is always something to send. */
  readonly offered?: number;
  /** When the application has nothing more to send, in ms. */
  readonly stop?: number;
  readonly timerGranularity?: number;
}

/** A flow that runs. */
export interface Flow {
  /** Bytes of data that arrived for the first time. */
  readonly received: number;
  /** Packets of data sent, and how many of them were sent before. */
  readonly sent: number;
  readonly retransmitted: number;
}

export type FlowMaker = (plan: FlowPlan) => Flow;

/** A flow of the model sender. */
export const modelFlow = (plan: FlowPlan): Flow & { readonly sender: ModelSender } => {
  const sender = new ModelSender({
    controller: plan.controller,
    random: seededRandom(plan.seed),
    ...(plan.offered !== undefined && { offered: plan.offered }),
    ...(plan.stop !== undefined && { stop: plan.stop }),
  });
  const receiver = new ModelReceiver({ window: plan.window });
  join(plan.clock, plan.path, sender, receiver, {
    start: plan.start ?? 0,
    timerGranularity: plan.timerGranularity ?? 0,
  });
  return {
    sender,
    get received() {
      return receiver.received;
    },
    get sent() {
      return sender.counts.sent;
    },
    get retransmitted() {
      return sender.counts.retransmitted;
    },
  };
};
