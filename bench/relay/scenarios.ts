import { describeMachine } from "../machine.ts";
import { measureChurn } from "./churn.ts";
import { measureIdle } from "./idle.ts";
import { parseRelayOptions, RelayUsageError } from "./options.ts";
import { measureSimulation } from "./simulate.ts";
import { measureStorm } from "./storm.ts";
import { tableOf } from "./table.ts";

const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const progress = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));

/** What each scenario measures, by its name. */
const SCENARIOS = {
  idle: {
    defaults: { agents: 20_000, seconds: 60, rate: 5, drivers: 2, settle: 30 },
    run: measureIdle,
  },
  storm: {
    defaults: {
      ...{ relays: 3, agents: 2_000, rate: 200, seconds: 60, drivers: 1, seed: 1 },
      "kill-every": 10,
    },
    run: measureStorm,
  },
  churn: {
    defaults: { households: 100, "sessions-each": 168, seconds: 600 },
    run: measureChurn,
  },
  simulate: {
    defaults: {
      ...{ agents: 60_000, instances: 4, "starts-a-day": 4, deaths: 1, seed: 1 },
      ...{ "sync-us": 450, "wake-us": 450, "start-us": 6_000 },
    },
    run: measureSimulation,
  },
} as const;

/** Runs the scenario that a command line names; the exit code. */
export async function runScenario(args: readonly string[]): Promise<number> {
  try {
    const names = Object.keys(SCENARIOS);
    const name = args[0] as keyof typeof SCENARIOS;
    if (!names.includes(name)) throw new RelayUsageError(`name a scenario: ${names.join(", ")}`);
    const { defaults, run } = SCENARIOS[name];
    const { numbers, json, date } = parseRelayOptions(
      args.slice(1),
      defaults as Readonly<Record<string, number>>,
    );
    const report = await run(numbers as never, progress);
    write(tableOf(report));
    if (json !== undefined) await putReport(json, name, { date, machine: describeMachine(), ...report });
    return "failures" in report && (report.failures as readonly string[]).length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof RelayUsageError)) throw error;
    progress(error.message);
    return 2;
  }
}

/** Puts one scenario's figures in place of its former ones. */
async function putReport(path: string, name: string, figures: unknown): Promise<void> {
  const former = await Deno.readTextFile(path).then(JSON.parse, () => ({}));
  await Deno.writeTextFile(path, `${JSON.stringify({ ...former, [name]: figures }, null, 2)}\n`);
}
