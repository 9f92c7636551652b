import { getLogger } from "@logtape/logtape";
import { Command, CommanderError, Option } from "commander";
import {
  ConfigError,
  CRYPTO_PREFERENCES,
  relayConfig,
  type RelayFlags,
  serveConfig,
  type ServeFlags,
} from "./config.ts";
import type { Daemon, Surroundings } from "./daemon.ts";
import { configureLogging, LOG_LEVELS } from "./logging.ts";
import type { ProgramFiles } from "./program_files.ts";
import { startRelay } from "./relay_daemon.ts";
import { startServe } from "./serve_daemon.ts";
import { VERSION } from "./version.ts";

/** The command line was wrong; a program that was asked wrongly ends with 2. */
const EXIT_USAGE = 2;

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

type GlobalFlags = { allowRead?: string; logLevel: typeof LOG_LEVELS[number] };

/** Runs the program until it ends or, for the daemons, until a signal. */
export async function run(process: Process): Promise<void> {
  const program = command(process);
  try {
    await program.parseAsync([...process.args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has said it already.
      process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
    }
    if (error instanceof ConfigError) {
      process.error(error.message);
      process.exit(EXIT_USAGE);
    }
    process.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

function command(process: Process): Command {
  const program = new Command("unarr-stream")
    .description("Watch the files on a box at home from a browser anywhere.")
    .version(VERSION)
    .option("--allow-read <folders>", "the folders to share, separated by commas; nothing else is readable")
    .addOption(
      new Option("--log-level <level>", "what the log holds, on standard error").choices(LOG_LEVELS).default(
        "info",
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
  program.command("serve")
    .description("share folders with browsers; embeds a relay unless --relay names one")
    .option("--relay <url>", "a relay elsewhere")
    .option("--api-key-file <file>", "key for that relay (or UNARR_API_KEY)")
    .addOption(listenOption("where the embedded relay listens; port 0 takes a free one"))
    .option("--viewer-token-file <file>", "tokens of viewers, one a line (or UNARR_VIEWER_TOKEN)")
    .option("--ice-server <url...>", "STUN or TURN server, for box and browser; may be given again")
    .option("--ice-credentials-file <file>", "username:credential for TURN")
    .option("--name <name>", "what viewers see the box as")
    .option("--max-sessions <n>", "viewers at once", "8")
    .option("--engines <n>", "threads that serve them, at most; as many as processors by default")
    .addOption(
      new Option("--crypto <how>", "what seals the bytes on their way").choices(CRYPTO_PREFERENCES).default(
        "auto",
      ),
    )
    .action(async (_, self: Command) => {
      const flags = self.optsWithGlobals<ServeFlags & GlobalFlags>();
      const config = await serveConfig(flags);
      await configureLogging(flags.logLevel, process.color);
      await untilSignal(process, flags.logLevel, (program) => startServe(config, program));
    });
  program.command("relay")
    .description("introduce boxes and browsers, without a box of its own")
    .addOption(listenOption("where it listens; port 0 takes a free one"))
    .option("--agent-token-file <file>", "keys that boxes register with, one a line")
    .option("--viewer-token-file <file>", "tokens of viewers, one a line (or UNARR_VIEWER_TOKEN)")
    .option("--ice-server <url...>", "STUN or TURN server for browsers; may be given again")
    .option("--ice-credentials-file <file>", "username:credential for TURN")
    .action(async (_, self: Command) => {
      const flags = self.optsWithGlobals<RelayFlags & GlobalFlags>();
      const config = await relayConfig(flags);
      await configureLogging(flags.logLevel, process.color);
      await untilSignal(process, flags.logLevel, (program) => startRelay(config, program));
    });
  return program;
}

function listenOption(description: string): Option {
  return new Option("--listen <address>", description).default("127.0.0.1:8090");
}

const EXAMPLES = `
Examples:
  unarr-stream --allow-read=/media serve
  unarr-stream --allow-read=/media,/srv/films serve --listen 0.0.0.0:8090
  unarr-stream --allow-read=/media serve --relay https://relay.example --api-key-file key
  unarr-stream relay --agent-token-file keys --listen 0.0.0.0:8090`;

function stackOf(reason: unknown): string {
  return reason instanceof Error ? reason.stack ?? reason.message : String(reason);
}

/** Runs a daemon until SIGINT or SIGTERM, or until it fails; a second signal leaves at once. */
async function untilSignal(
  process: Process,
  logLevel: GlobalFlags["logLevel"],
  start: (program: Surroundings) => Promise<Daemon>,
): Promise<void> {
  const ended = Promise.withResolvers<number>();
  let asked = false;
  const onsignal = () => {
    if (asked) process.exit(130);
    asked = true;
    ended.resolve(0);
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
    fail: (message) => {
      process.error(message);
      ended.resolve(1);
    },
  });
  const code = await ended.promise;
  await daemon.stop();
  process.exit(code);
}
