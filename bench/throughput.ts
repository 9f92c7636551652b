/**
 * The program beside other senders, each to real receivers on loopback, in alternating rounds: throughput,
 * processor time and memory, several sessions at once, and how soon a seek is answered.
 *
 *     deno task bench [--only=throughput,sessions,seek] [--rounds=7] [--mebibytes=64] [--json=<file>]
 *                     [--senders=<names>] [--receivers=<names>] [--seed=1] [--date=<date>] [--quick]
 *
 * Figures of one run can be compared with each other; between runs and machines only their ratios can.
 */
import { dirname } from "node:path";
import { TempDir } from "../tests/support/temp_dir.ts";
import { chart } from "./chart.ts";
import { chartPath } from "./draw_chart.ts";
import { describeMachine } from "./machine.ts";
import { type Measurement, type Plan, verify } from "./measure/plan.ts";
import { seek } from "./measure/seek.ts";
import { sessions } from "./measure/sessions.ts";
import { throughput } from "./measure/throughput.ts";
import { type Options, parseOptions, type Part, UsageError } from "./options.ts";
import { Chromium } from "./receivers/chromium.ts";
import { stackReceiver } from "./receivers/stack.ts";
import type { Report } from "./report.ts";
import { SeededFile } from "./seeded_file.ts";
import { SENDERS } from "./senders/mod.ts";
import { tables } from "./tables.ts";
import { Unavailable } from "./unavailable.ts";

const MEASUREMENTS: Record<Part, Measurement> = { throughput, sessions, seek };

const say = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));

/** Those of `all` that are named; all of them without names. */
function chosen<T extends { name: string }>(all: readonly T[], names: readonly string[] | undefined): T[] {
  const unknown = names?.find((name) => !all.some((each) => each.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no ${unknown}, but ${all.map(({ name }) => name).join(", ")}`);
  }
  return all.filter(({ name }) => names?.includes(name) ?? true);
}

/**
 * Compares hashes once for every pair that a part of the bench measures.
 *
 * @returns the plan without what this machine cannot run
 */
async function verified(plan: Plan, parts: readonly Measurement[]): Promise<Plan> {
  const there = ({ name }: { name: string }) => !plan.omitted.has(name);
  const pairs = parts.flatMap((part) => part.pairs(plan));
  const distinct = new Map(pairs.map((pair) => [`${pair.sender.name} to ${pair.receiver.name}`, pair]));
  if (distinct.size === 0) {
    throw new UsageError("these senders and receivers are in none of the parts to be measured");
  }
  for (const pair of distinct.values()) {
    if (!there(pair.sender) || !there(pair.receiver)) continue;
    try {
      await verify(pair, plan);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      plan.omitted.set(error.missing, error.message);
      say(`left out: ${error.missing} (${error.message})`);
    }
  }
  return { ...plan, senders: plan.senders.filter(there), receivers: plan.receivers.filter(there) };
}

async function bench(options: Options): Promise<Report> {
  await using chromium = new Chromium();
  const receivers = [stackReceiver("libdatachannel"), stackReceiver("libwebrtc"), chromium];
  const parts = options.parts.map((part) => MEASUREMENTS[part]);
  const machine = describeMachine();
  await using dir = await TempDir.make();
  // For when a signal ends the run.
  const remove = () => Deno.removeSync(dir.path, { recursive: true });
  globalThis.addEventListener("unload", remove);
  using removal = new DisposableStack();
  removal.defer(() => globalThis.removeEventListener("unload", remove));
  const file = await SeededFile.make(dir.path, options.mebibytes * 2 ** 20, options.seed);
  const plan = await verified({
    file,
    rounds: options.rounds,
    seed: options.seed,
    senders: chosen(SENDERS, options.senders),
    receivers: chosen(receivers, options.receivers),
    progress: say,
    retries: new Map(),
    omitted: new Map(),
  }, parts);
  const measured: Partial<Report>[] = [];
  for (const part of parts) measured.push(await part.run(plan));
  return Object.assign({
    date: options.date ?? new Date().toISOString(),
    machine: { ...machine, chromium: await chromium.version() ?? null },
    seed: options.seed,
    rounds: options.rounds,
    bytes: file.size,
    senders: plan.senders.map(({ name, setting }) => ({ name, setting })),
    omitted: Object.fromEntries(plan.omitted),
    retries: Object.fromEntries(plan.retries),
  }, ...measured);
}

// Leaving by way of "unload" ends the children.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  if (Deno.build.os !== "windows" || signal === "SIGINT") {
    Deno.addSignalListener(signal, () => Deno.exit(130));
  }
}
try {
  const options = parseOptions(Deno.args);
  const report = await bench(options);
  await Deno.stdout.write(new TextEncoder().encode(`${tables(report)}\n`));
  if (options.json !== undefined) {
    await Deno.mkdir(dirname(options.json), { recursive: true });
    await Deno.writeTextFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    if (report.throughput?.length) await Deno.writeTextFile(chartPath(options.json), chart(report));
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(error.message);
  Deno.exit(2);
}
// The listeners for signals would keep the process.
Deno.exit(0);
