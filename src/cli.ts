import { getLogger } from "@logtape/logtape";
import { Command, CommanderError, Option } from "commander";
import { addCompletionsCommand } from "./commands/completions.ts";
import { addServiceCommands } from "./commands/service.ts";
import { versionLine } from "./commands/version.ts";
import {
  ConfigError,
  CRYPTO_PREFERENCES,
  DEFAULTS,
  type RelayConfig,
  relayConfig,
  type RelayFlags,
  type ServeConfig,
  serveConfig,
  type ServeFlags,
} from "./config/config.ts";
import type { Daemon, Surroundings } from "./daemon/daemon.ts";
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_USAGE, type ExitCode } from "./program/exit_codes.ts";
import { configureLogging, LOG_LEVELS } from "./program/logging.ts";
import type { ProgramFiles } from "./program/program_files.ts";
import { startRelay } from "./daemon/relay_daemon.ts";
import { startServe } from "./daemon/serve_daemon.ts";

/** What the command line needs of the process it runs in. */
export interface Process {
  readonly args: readonly string[];
  readonly files: ProgramFiles;
  out(line: string): void;
  error(line: string): void;
  /** Ends the process. */
  exit(code: number): never;
  /** Whether standard error is a terminal that takes colour. */
  readonly color: boolean;
}

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
    if (error instanceof ConfigError) {
      process.error(error.message);
      process.exit(error.exitCode);
    }
    process.error(error instanceof Error ? error.message : String(error));
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
      new Option("--log-level <level>", "what the log holds").choices(LOG_LEVELS).default(
        DEFAULTS.logLevel,
      ),
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
  const serve = program.command("serve")
    .description("share folders, by its own relay or one elsewhere")
    .option("--relay <url>", "a relay elsewhere")
    .option("--api-key-file <file>", "key for that relay (or UNARR_API_KEY)")
    .addOption(listenOption("where the embedded relay listens; port 0 takes a free one"))
    .option("--viewer-token-file <file>", "tokens of viewers, one a line (or UNARR_VIEWER_TOKEN)")
    .option("--ice-server <url...>", "STUN or TURN server, for box and browser; may be given again")
    .option("--ice-credentials-file <file>", "username:credential for TURN")
    .option("--name <name>", "what viewers see the box as")
    .option("--max-sessions <n>", "viewers at once", DEFAULTS.maxSessions)
    .option("--engines <n>", "threads that serve them, at most; as many as processors by default")
    .addOption(
      new Option("--crypto <how>", "what seals the bytes on their way").choices(CRYPTO_PREFERENCES).default(
        DEFAULTS.crypto,
      ),
    )
    .action(async (_, self: Command) => {
      const config = await serveConfig(givenFlags<ServeFlags>(self));
      await beginLog(process, config);
      await untilSignal(process, config.logLevel, (program) => startServe(config, program));
    })
    .addHelpText("after", SERVE_EXAMPLES);
  program.command("relay")
    .description("introduce boxes and browsers, without a box of its own")
    .addOption(listenOption("where it listens; port 0 takes a free one"))
    .option("--agent-token-file <file>", "keys that boxes register with, one a line")
    .option("--viewer-token-file <file>", "tokens of viewers, one a line (or UNARR_VIEWER_TOKEN)")
    .option("--ice-server <url...>", "STUN or TURN server for browsers; may be given again")
    .option("--ice-credentials-file <file>", "username:credential for TURN")
    .action(async (_, self: Command) => {
      const config = await relayConfig(givenFlags<RelayFlags>(self));
      await beginLog(process, config);
      await untilSignal(process, config.logLevel, (program) => startRelay(config, program));
    })
    .addHelpText("after", RELAY_EXAMPLES);
  addServiceCommands(program, serve, process.out);
  addCompletionsCommand(program, process.out);
  return program;
}

function listenOption(description: string): Option {
  return new Option("--listen <address>", description).default(DEFAULTS.listen);
}

/** What was given on the command line; defaults give way to the configuration. */
function givenFlags<Flags>(command: Command): Flags {
  const given = Object.entries(command.optsWithGlobals())
    .filter(([name]) => command.getOptionValueSourceWithGlobals(name) === "cli");
  return Object.fromEntries(given) as Flags;
}

/** Opens the log, which takes the configuration's warnings first. */
async function beginLog(process: Process, { logLevel, warnings }: RelayConfig | ServeConfig): Promise<void> {
  await configureLogging(logLevel, process.color);
  for (const warning of warnings) getLogger("unarr").warn("{warning}", { warning });
}

const EXAMPLES = `
Examples:
  unarr-stream --allow-read=/media serve
  unarr-stream --allow-read=/media service systemd
  unarr-stream relay --agent-token-file keys --listen 0.0.0.0:8090`;

const SERVE_EXAMPLES = `
Examples:
  unarr-stream --allow-read=/media serve
  unarr-stream --allow-read=/media,/srv/films serve --listen 0.0.0.0:8090
  unarr-stream --allow-read=/media serve --viewer-token-file viewers
  unarr-stream --allow-read=/media serve \\
    --relay https://relay.example --api-key-file key`;

const RELAY_EXAMPLES = `
Examples:
  unarr-stream relay --agent-token-file keys --listen 0.0.0.0:8090
  unarr-stream relay --agent-token-file keys --viewer-token-file viewers \\
    --ice-server turn:turn.example:3478 --ice-credentials-file turn`;

function stackOf(reason: unknown): string {
  return reason instanceof Error ? reason.stack ?? reason.message : String(reason);
}

/** Runs a daemon until SIGINT or SIGTERM, or until it fails; a second signal leaves at once. */
async function untilSignal(
  process: Process,
  logLevel: ServeConfig["logLevel"],
  start: (program: Surroundings) => Promise<Daemon>,
): Promise<void> {
  const ended = Promise.withResolvers<ExitCode>();
  let asked = false;
  const onsignal = () => {
    if (asked) process.exit(EXIT_INTERRUPTED);
    asked = true;
    ended.resolve(EXIT_OK);
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, onsignal);
  // What is wrong in one corner of main must not end the films of all viewers.
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    getLogger("unarr").error("unexpected: {error}", { error: stackOf(event.reason) });
  });
  const daemon = await start({
    files: process.files,
    logLevel,
    out: process.out,
    fail: (message, exitCode = EXIT_FAILURE) => {
      process.error(message);
      ended.resolve(exitCode);
    },
  });
  const code = await ended.promise;
  await daemon.stop();
  process.exit(code);
}
