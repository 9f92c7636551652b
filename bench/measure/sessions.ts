import { measureUsage } from "../process_usage.ts";
import type { SessionsCell } from "../report.ts";
import { LIBDATACHANNEL, PROGRAM } from "../senders/mod.ts";
import type { SenderKind } from "../senders/sender.ts";
import { alternate, connect, type Measurement, type Pair, type Plan, sample } from "./plan.ts";

const SESSIONS = [1, 2, 4, 8] as const;

interface Cell extends Pair {
  readonly sessions: number;
}

/**
 * Several sessions of one sender at once, each with the whole file. Every receiver is a process of its own,
 * whoever sends: one for all of them would be what is measured.
 */
export const sessions: Measurement = {
  pairs({ senders, receivers }) {
    const receiver = receivers.find(({ name }) => name === "libdatachannel");
    if (receiver === undefined) return [];
    const compared: readonly SenderKind[] = [PROGRAM, LIBDATACHANNEL];
    return senders.filter((sender) => compared.includes(sender)).map((sender) => ({ sender, receiver }));
  },

  async run(plan) {
    const pairs = this.pairs(plan);
    if (pairs.length === 0) return {};
    const cells = SESSIONS.flatMap((count): Cell[] => pairs.map((pair) => ({ ...pair, sessions: count })));
    const results = await alternate(plan.rounds, cells, (cell, round) => transfer(cell, round, plan));
    return {
      sessions: {
        receiver: pairs[0]!.receiver.name,
        cells: cells.map(({ sender, sessions }, i) => ({
          sender: sender.name,
          sessions,
          samples: results[i]!,
        })),
      },
    };
  },
};

async function transfer(cell: Cell, round: number, plan: Plan): Promise<SessionsCell["samples"][number]> {
  plan.progress(`sessions, round ${round + 1} of ${plan.rounds}: ${cell.sessions} of ${cell.sender.name}`);
  await using connection = await connect(cell, plan, cell.sessions);
  await connection.warmUp();
  let milliseconds = 0;
  const { result, usage } = await measureUsage(connection.sender.pid, async () => {
    const began = performance.now();
    const arrivals = await connection.readAll(0, plan.file.size);
    // To the end of the last, by one clock: each receiver has its own.
    milliseconds = performance.now() - began;
    return arrivals;
  });
  return { ...sample(milliseconds, usage), each: result.map((arrival) => arrival.milliseconds) };
}
