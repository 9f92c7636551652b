import { type Command, Option } from "commander";
import { type ServeConfig, serveConfig, type ServeFlags } from "../config/config.ts";
import type { Check, Finding } from "../doctor/check.ts";
import { Examination } from "../doctor/examination.ts";
import { jsonOf, linesOf } from "../doctor/report.ts";
import { EXIT_FAILURE, EXIT_OK } from "../program/exit_codes.ts";
import type { Process } from "../program/process.ts";
import { givenFlags } from "./given_flags.ts";

/** Adds the command that looks at all that `serve` needs; it takes the same options. */
export function addDoctorCommand(program: Command, serve: Command, process: Process): void {
  const doctor = program.command("doctor")
    .description("find out what keeps serve from working")
    .addHelpText("after", EXAMPLES);
  for (const option of serve.options) doctor.addOption(option);
  doctor.addOption(new Option("--json", "print JSON"));
  doctor.action(async (_, self: Command) => {
    const config = await serveConfig(givenFlags<ServeFlags>(self));
    for (const warning of config.warnings) process.error(warning);
    const results = await examine(config, process, self.opts<{ json?: true }>().json === true);
    process.exit(results.some(({ state }) => state === "bad") ? EXIT_FAILURE : EXIT_OK);
  });
}

async function examine(config: ServeConfig, { files, out }: Process, json: boolean): Promise<Finding[]> {
  using examination = new Examination(config, files);
  const color = Deno.stdout.isTerminal() && !Deno.noColor;
  const results: [Check, Finding][] = [];
  for (const { check, finding } of examination.examined) {
    const found = await finding;
    results.push([check, found]);
    if (!json) { for (const line of linesOf(check, found, color)) out(line); }
  }
  if (json) out(jsonOf(results));
  return results.map(([, found]) => found);
}

const EXAMPLES = `
One line for each thing that serve needs: ✓ is well, ✗ is not and says what to
do, – does not apply. Takes at most 15 seconds; ends with 1 where there is a ✗.

Examples:
  unarr-stream --allow-read=/media doctor
  unarr-stream --allow-read=/media doctor --ice-server stun:stun.example:3478
  unarr-stream --allow-read=/media doctor --json \\
    --relay https://relay.example --api-key-file key`;
