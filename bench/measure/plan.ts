import { Connection } from "../connection.ts";
import type { Usage } from "../process_usage.ts";
import type { ReceiverKind } from "../receivers/receiver.ts";
import type { Report, Sample } from "../report.ts";
import type { SeededFile } from "../seeded_file.ts";
import type { SenderKind } from "../senders/sender.ts";
import { Unavailable } from "../unavailable.ts";

/** Who sends to whom. */
export interface Pair {
  readonly sender: SenderKind;
  readonly receiver: ReceiverKind;
}

/** What all parts of the bench are given. */
export interface Plan {
  readonly file: SeededFile;
  readonly rounds: number;
  readonly seed: number;
  readonly senders: readonly SenderKind[];
  readonly receivers: readonly ReceiverKind[];
  /** Tells whoever waits what is being done. */
  readonly progress: (text: string) => void;
  /** How often a pair had to try again to connect, by name; {@link connect} counts here. */
  readonly retries: Map<string, number>;
  /** Why this machine cannot run something, by name. */
  readonly omitted: Map<string, string>;
}

/** werift's handshake now and then comes to nothing; trying again so often is enough. */
const ATTEMPTS = 5;

/**
 * Starts and connects the pair, with processes that nothing else has used.
 *
 * @throws {Unavailable} where this machine cannot run one of them
 * @throws {Error} what went wrong the last time, when all attempts fail
 */
export async function connect({ sender, receiver }: Pair, plan: Plan, count = 1): Promise<Connection> {
  const pair = `${sender.name} to ${receiver.name}`;
  for (let attempt = 1;; attempt++) {
    try {
      return await Connection.open(sender, receiver, plan.file, count);
    } catch (error) {
      if (attempt === ATTEMPTS || error instanceof Unavailable) throw error;
      plan.progress(`${pair}: once more, for ${(error as Error).message}`);
      plan.retries.set(pair, (plan.retries.get(pair) ?? 0) + 1);
    }
  }
}

/** One part of the bench: what it measures, and what it adds to the report. */
export interface Measurement {
  pairs(plan: Plan): readonly Pair[];
  run(plan: Plan): Promise<Partial<Report>>;
}

/**
 * Runs every cell once, then every cell once more, and so on: what changes on the machine meanwhile meets
 * all of them. Every second round goes backwards, so that none always runs after the same one.
 *
 * @returns results by cell, one a round
 */
export async function alternate<C, R>(
  rounds: number,
  cells: readonly C[],
  run: (cell: C, round: number) => Promise<R>,
): Promise<R[][]> {
  const results: R[][] = cells.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const order = [...cells.keys()];
    if (round % 2 === 1) order.reverse();
    for (const index of order) results[index]!.push(await run(cells[index]!, round));
  }
  return results;
}

/** What one part of the file is hashed at once, in bytes: a receiver holds it in memory. */
const SLICE = 16 << 20;

/**
 * Transfers the whole file and compares hashes.
 *
 * @throws {Error} when a byte is another
 */
export async function verify(pair: Pair, plan: Plan): Promise<void> {
  const name = `${pair.sender.name} to ${pair.receiver.name}`;
  plan.progress(`comparing hashes: ${name}`);
  const { file } = plan;
  await using connection = await connect(pair, plan);
  for (let at = 0; at < file.size; at += SLICE) {
    const length = Math.min(SLICE, file.size - at);
    const [arrival] = await connection.readAll(at, length, true);
    if (arrival!.sha256 !== await file.sha256(at, length)) {
      throw new Error(`${name}: not the file's bytes from ${at} on`);
    }
  }
}

export function sample(milliseconds: number, usage: Usage | undefined): Sample {
  return {
    milliseconds,
    cpuSeconds: usage?.cpuSeconds ?? null,
    peakBytes: usage?.peakBytes ?? null,
    restingBytes: usage?.restingBytes ?? null,
  };
}
