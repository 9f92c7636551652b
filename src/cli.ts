import { Command, CommanderError, Option } from "commander";
import { addCompletionsCommand } from "./commands/completions.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addIdentityCommands } from "./commands/identity.ts";
import { addRelayCommand } from "./commands/relay.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addServiceCommands } from "./commands/service.ts";
import { addShareCommands } from "./commands/share.ts";
import { versionLine } from "./commands/version.ts";
import { ConfigError } from "./config/config.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./program/exit_codes.ts";
import { LOG_FORMATS } from "./program/log_format.ts";
import { LOG_LEVELS } from "./program/logging.ts";
import type { Process } from "./program/process.ts";
import { ThreadError } from "./thread/thread_spec.ts";

/** Runs the program until it ends or, for the daemons, until a signal. */
export async function run(process: Process): Promise<void> {
  const program = command(process);
  try {
    await program.parseAsync([...process.args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said it already.
      process.exit(error.exitCode === 0 ? EXIT_OK : EXIT_USAGE);
    }
    process.error(error instanceof Error ? error.message : String(error));
    if (error instanceof ConfigError) process.exit(error.exitCode);
    // What was wanted is so: cron may start it as often as it likes.
    if (error instanceof ThreadError && error.kind === "already-running") process.exit(EXIT_OK);
    process.exit(EXIT_FAILURE);
  }
}

function command(process: Process): Command {
  const program = new Command("unarr-stream")
    .description("Watch the files on a box at home from a browser anywhere.")
    .version(versionLine(), "-V, --version", "print the version, the commit and the runtime")
    .option("--allow-read <folders>", "folders to share, separated by commas; no others")
    .option("--config <file>", "configuration; options and environment go before it")
    .addOption(
      new Option("--log-level <level>", "detail").choices(LOG_LEVELS),
    )
    .addOption(
      new Option("--log-format <format>", "form of the log").choices(LOG_FORMATS),
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.out(text.trimEnd()),
      writeErr: (text) => process.error(text.trimEnd()),
      // Commander would ask variables for it that this program has no business with.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText("after", EXAMPLES);
  const serve = addServeCommand(program, process);
  addRelayCommand(program, process);
  addIdentityCommands(program, process);
  addShareCommands(program, process);
  addDoctorCommand(program, serve, process);
  addServiceCommands(program, serve, process.out);
  addCompletionsCommand(program, process.out);
  return program;
}

// Without a line between: this fills a screen.
const EXAMPLES = `Examples:
  unarr-stream --allow-read=/media serve`;
