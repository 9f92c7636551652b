import { measureUsage } from "../process_usage.ts";
import type { Sample } from "../report.ts";
import { alternate, connect, type Measurement, type Pair, type Plan, sample } from "./plan.ts";

/** One session at a time, every sender to every receiver. */
export const throughput: Measurement = {
  // Those that are compared with each other run one after the other.
  pairs: ({ senders, receivers }) =>
    receivers.flatMap((receiver) => senders.map((sender) => ({ sender, receiver }))),

  async run(plan) {
    const pairs = this.pairs(plan);
    const results = await alternate(plan.rounds, pairs, (pair, round) => transfer(pair, round, plan));
    return {
      throughput: pairs.map(({ sender, receiver }, i) => ({
        sender: sender.name,
        receiver: receiver.name,
        samples: results[i]!,
      })),
    };
  },
};

async function transfer(pair: Pair, round: number, plan: Plan): Promise<Sample> {
  const { sender, receiver } = pair;
  plan.progress(`throughput, round ${round + 1} of ${plan.rounds}: ${sender.name} to ${receiver.name}`);
  await using connection = await connect(pair, plan);
  await connection.warmUp();
  const { result, usage } = await measureUsage(
    connection.sender.pid,
    () => connection.readAll(0, plan.file.size),
  );
  return sample(result[0]!.milliseconds, usage);
}
