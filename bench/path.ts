/**
 * What each congestion controller makes of simulated paths, in virtual time: Mbit/s of data that arrived,
 * ms that packets waited in the bottleneck's queue, the share of data sent again, and the share of the
 * goodput beside one flow of another kind in the same queue.
 *
 *     deno task bench:path [--seeds=2] [--sender=model,association] [--only=<part of a name>]
 *
 * Each figure is the mean over the seeds. The model sender shows what the controller does by itself; the
 * association is what the program runs. Runs with the same seeds give the same figures on every machine.
 */
import { type ControllerName, CONTROLLERS } from "../src/rtc/sctp/congestion/mod.ts";
import { associationFlow } from "../tests/rtc/sctp/simulator/association_flow.ts";
import type { FlowMaker } from "../tests/rtc/sctp/simulator/flow.ts";
import { modelFlow } from "../tests/rtc/sctp/simulator/model_flow.ts";
import { type Outcome, run, type RunOptions, type Scenario } from "../tests/rtc/sctp/simulator/scenario.ts";
import { SHARED, SOLO } from "../tests/rtc/sctp/simulator/scenarios.ts";

const FLOWS: Record<string, FlowMaker> = { model: modelFlow, association: associationFlow };
const NAMES = Object.keys(CONTROLLERS) as ControllerName[];
const RIVALS = ["new-reno", "cubic", "bbr"] as const satisfies ControllerName[];

function option(name: string): string | undefined {
  return Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const seeds = Number(option("seeds") ?? 2);
if (!Number.isInteger(seeds) || seeds < 1) throw new Error("--seeds takes a whole number");
const only = option("only") ?? "";

/** The mean of several seeds; of a shared bottleneck by turns as the second and as the first to come. */
function measure(scenario: Scenario, options: RunOptions): Outcome {
  const outcomes = Array.from({ length: seeds }, (_, i) => {
    const start = options.rival !== undefined && i % 2 === 0 ? 2 : 0;
    return run(scenario, { ...options, start, seed: i + 1 });
  });
  const mean = (key: keyof Outcome) => outcomes.reduce((sum, outcome) => sum + outcome[key], 0) / seeds;
  return {
    goodput: mean("goodput"),
    queueP50: mean("queueP50"),
    queueP95: mean("queueP95"),
    retransmitted: mean("retransmitted"),
    share: mean("share"),
    rival: mean("rival"),
  };
}

const write = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

function solo(flow: FlowMaker): void {
  write(`| path | ${NAMES.join(" | ")} |`);
  write(`|---|${"---|".repeat(NAMES.length)}`);
  for (const scenario of SOLO.filter(({ name }) => name.includes(only))) {
    const cells = NAMES.map((name) => {
      const outcome = measure(scenario, { controller: CONTROLLERS[name], flow });
      const waits = `${outcome.queueP50.toFixed(0)} / ${outcome.queueP95.toFixed(0)} ms`;
      return `${outcome.goodput.toFixed(1)} · ${waits} · ${(100 * outcome.retransmitted).toFixed(1)} %`;
    });
    write(`| ${scenario.name} | ${cells.join(" | ")} |`);
  }
}

function shared(flow: FlowMaker): void {
  write(`| bottleneck, rival | ${NAMES.join(" | ")} |`);
  write(`|---|${"---|".repeat(NAMES.length)}`);
  for (const scenario of SHARED.filter(({ name }) => name.includes(only))) {
    for (const rival of RIVALS) {
      const cells = NAMES.map((name) => {
        const outcome = measure(scenario, {
          controller: CONTROLLERS[name],
          rival: CONTROLLERS[rival],
          flow,
        });
        return `${(100 * outcome.share).toFixed(0)} %`;
      });
      write(`| ${scenario.name}, ${rival} | ${cells.join(" | ")} |`);
    }
  }
}

for (const name of (option("sender") ?? "model,association").split(",")) {
  const flow = FLOWS[name];
  if (flow === undefined) throw new Error(`no sender is called ${name}`);
  write(`\n## ${name}\n\nMbit/s · median / 95th percentile of the queue · sent again\n`);
  solo(flow);
  write("\nShare of the goodput\n");
  shared(flow);
}
