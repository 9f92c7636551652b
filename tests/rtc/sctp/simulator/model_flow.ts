import { seeded } from "../../../support/seeded.ts";
import type { Flow, FlowPlan } from "./flow.ts";
import { ModelReceiver } from "./model_receiver.ts";
import { ModelSender } from "./model_sender.ts";
import { join } from "./network.ts";

/** A flow of the model sender. */
export function modelFlow(plan: FlowPlan): Flow & { readonly sender: ModelSender } {
  const sender = new ModelSender({
    controller: plan.controller,
    random: seeded(plan.seed),
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
      return sender.counts.sent * sender.payload;
    },
    get retransmitted() {
      return sender.counts.retransmitted * sender.payload;
    },
  };
}
