import { parseArgs } from "node:util";

export const PARTS = ["throughput", "sessions", "seek"] as const;
export type Part = typeof PARTS[number];

export interface Options {
  readonly parts: readonly Part[];
  /** Names to keep; undefined for all. */
  readonly senders: readonly string[] | undefined;
  readonly receivers: readonly string[] | undefined;
  readonly rounds: number;
  readonly mebibytes: number;
  readonly seed: number;
  /** ISO 8601. */
  readonly date: string | undefined;
  /** Where the report goes, and beside it the chart. */
  readonly json: string | undefined;
}

/** The command line is wrong; the message is one sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws {UsageError} */
export function parseOptions(args: readonly string[]): Options {
  const flags = parse(args);
  const parts = list(flags.only) ?? PARTS;
  const unknown = parts.find((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown !== undefined) throw new UsageError(`--only takes ${PARTS.join(", ")}, not ${unknown}`);
  if (flags.date !== undefined && Number.isNaN(Date.parse(flags.date))) {
    throw new UsageError(`--date takes a date like 2026-01-31, not ${flags.date}`);
  }
  return {
    parts: parts as readonly Part[],
    senders: list(flags.senders),
    receivers: list(flags.receivers),
    rounds: count("rounds", flags.rounds ?? (flags.quick ? "1" : "7"), 1_000),
    mebibytes: count("mebibytes", flags.mebibytes ?? (flags.quick ? "8" : "64"), 4_096),
    seed: count("seed", flags.seed ?? "1", 0xffff_ffff),
    date: flags.date,
    json: flags.json,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: text,
        senders: text,
        receivers: text,
        rounds: text,
        mebibytes: text,
        seed: text,
        date: text,
        json: text,
        quick: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function list(text: string | undefined): string[] | undefined {
  return text?.split(",").map((name) => name.trim()).filter(Boolean);
}

function count(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most) {
    throw new UsageError(`--${name} takes a whole number from 1 to ${most}, not ${text}`);
  }
  return value;
}
