import { getLogger } from "@logtape/logtape";
import { ConfigError, type RelayConfig, type ServeConfig } from "../config/config.ts";
import type { Daemon, Surroundings } from "./daemon.ts";
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, type ExitCode } from "../program/exit_codes.ts";
import { fittingFormat, type LogFormat } from "../program/log_format.ts";
import { configureLogging } from "../program/logging.ts";
import type { Process } from "../program/process.ts";
import { changesOf, type Fates } from "./changes.ts";
import { onSignals } from "../life/signals.ts";

/** How it runs, whatever it does. */
export interface LifeOptions extends Pick<Surroundings, "metrics" | "instance"> {
  /** Undefined for the one that fits who reads standard error. */
  readonly logFormat: LogFormat | undefined;
}

/** What runs, and how it is configured. */
export interface Runnable<Config extends RelayConfig | ServeConfig> {
  /** Reads the configuration; @throws {ConfigError} */
  read(): Promise<Config>;
  readonly fates: Fates<Config>;
  start(config: Config, program: Surroundings): Promise<Daemon<Config>>;
}

const log = getLogger("unarr");

/**
 * Runs a daemon until a signal ends it or it fails, then ends the process: `lifecycle.md`, section 6.
 *
 * @throws {ConfigError}
 * @throws {ThreadError} where it cannot be started
 */
export async function runDaemon<Config extends RelayConfig | ServeConfig>(
  process: Process,
  { logFormat, metrics, instance }: LifeOptions,
  { read, fates, start }: Runnable<Config>,
): Promise<never> {
  let config = await read();
  const format = logFormat ?? fittingFormat({ ...process, terminal: process.terminal() });
  const beginLog = async ({ logLevel, warnings }: Config) => {
    await configureLogging({ level: logLevel, format, color: process.color });
    for (const warning of warnings) log.warn("{warning}", { warning });
  };
  await beginLog(config);

  const ended = Promise.withResolvers<ExitCode>();
  const hadTerminal = process.terminal();
  const started = Promise.withResolvers<Daemon<Config>>();
  let reloading: Promise<void> | undefined;
  const reload = async () => {
    const daemon = await started.promise;
    try {
      const [next, again] = [await read(), await read()];
      const changes = changesOf(fates, config, next, again);
      config = changes.config;
      await beginLog({ ...config, warnings: next.warnings });
      daemon.reload(config);
      log.info("configuration read again; taken over: {taken}; at the next start: {waiting}", {
        taken: changes.taken.join(", ") || "nothing",
        waiting: changes.waiting.join(", ") || "nothing",
      });
    } catch (error) {
      const why = error instanceof ConfigError ? error.message : stackOf(error);
      log.error("configuration not taken over, all stays as it is: {why}", { why });
    }
  };
  onSignals({
    stop: () => ended.resolve(EXIT_OK),
    stopAtOnce: () => process.exit(EXIT_INTERRUPTED),
    reload: () => {
      // A terminal that closes sends it, too.
      if (hadTerminal && !process.terminal()) return ended.resolve(EXIT_OK);
      // Of many at once the last one's reading is what counts.
      reloading ??= reload().finally(() => reloading = undefined);
    },
  });
  // What is wrong in one corner of main must not end the films of all viewers.
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("unexpected: {error}", { error: stackOf(event.reason) });
  });
  const starting = start(config, {
    files: process.files,
    logLevel: config.logLevel,
    metrics,
    instance,
    out: (line) => {
      try {
        process.out(line);
      } catch (error) {
        log.error("standard output does not take the link: {error}", { error: String(error) });
      }
    },
    fail: (message, exitCode = EXIT_FAILURE) => {
      process.error(message);
      ended.resolve(exitCode);
    },
  });
  // Asked to end before it serves, it has nobody to take leave of.
  const early = await Promise.race([starting.then(() => undefined), ended.promise]);
  if (early !== undefined) process.exit(early);
  const daemon = await starting;
  started.resolve(daemon);
  const code = await ended.promise;
  await daemon.stop();
  process.exit(code);
}

function stackOf(reason: unknown): string {
  return reason instanceof Error ? reason.stack ?? reason.message : String(reason);
}
