import { ask, limitMs, seek as seekTo } from "../connection.ts";
import { PROGRAM } from "../senders/mod.ts";
import { seeded } from "../../tests/support/seeded.ts";
import { alternate, connect, type Measurement, type Pair, type Plan } from "./plan.ts";

/** Seeks in a round. */
const SEEKS = 20;

/** What arrives before the next seek, in bytes: every buffer on the way is full by then. */
const LOAD = 4 << 20;

const RECEIVERS = ["libdatachannel", "Chromium"];

/** How soon another range begins to arrive while a long one fills the connection. */
export const seek: Measurement = {
  pairs: ({ senders, receivers }) =>
    senders.includes(PROGRAM)
      ? receivers.filter(({ name }) => RECEIVERS.includes(name))
        .map((receiver) => ({ sender: PROGRAM, receiver }))
      : [],

  async run(plan) {
    const pairs = this.pairs(plan);
    if (pairs.length === 0) return {};
    const results = await alternate(plan.rounds, pairs, (pair, round) => latencies(pair, round, plan));
    return {
      seek: pairs.map(({ sender, receiver }, i) => ({
        sender: sender.name,
        receiver: receiver.name,
        rounds: results[i]!,
      })),
    };
  },
};

/** Milliseconds of each seek. */
async function latencies(pair: Pair, round: number, plan: Plan): Promise<number[]> {
  const { sender, receiver } = pair;
  plan.progress(`seek, round ${round + 1} of ${plan.rounds}: ${sender.name} to ${receiver.name}`);
  const { file } = plan;
  const load = Math.min(LOAD, file.size / 4);
  const random = seeded(plan.seed + round);
  // In the first half, so that none comes to its end before the next seek.
  const offsets = Array.from({ length: SEEKS }, () => Math.floor(random() * file.size / 2));
  await using connection = await connect(pair, plan);
  await connection.warmUp();
  const first = ask(connection.nextId(), 0, file.size);
  const seeks = offsets.map((offset) => seekTo(connection.nextId(), offset, file.size - offset));
  const arrivals = await connection.receivers[0]!.seek(first, seeks, load, limitMs(load * SEEKS));
  for (const [i, { head }] of arrivals.entries()) {
    const wanted = await file.bytes(offsets[i]!, head.length);
    if (head.length === 0 || head.some((byte, at) => byte !== wanted[at])) {
      throw new Error(`${sender.name} to ${receiver.name}: not the file's bytes at ${offsets[i]}`);
    }
  }
  return arrivals.map(({ milliseconds }) => milliseconds);
}
