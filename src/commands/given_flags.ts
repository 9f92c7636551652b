import type { Command } from "commander";
import { ConfigError, fromFlag } from "../config/origin.ts";
import { listenAddress } from "../config/values.ts";
import type { LifeOptions } from "../daemon/run_daemon.ts";
import type { LogFormat } from "../program/log_format.ts";

/** What was given on the command line; defaults give way to the configuration. */
export function givenFlags<Flags>(command: Command): Flags {
  const given = Object.entries(command.optsWithGlobals())
    .filter(([name]) => command.getOptionValueSourceWithGlobals(name) === "cli");
  return Object.fromEntries(given) as Flags;
}

/** Options of all that runs on, as commander gives them. */
export interface LifeFlags {
  readonly logFormat?: LogFormat;
  readonly metrics?: string;
  readonly instance?: string;
}

/** @throws {ConfigError} */
export function lifeOptions({ logFormat, metrics, instance }: LifeFlags): LifeOptions {
  const address = fromFlag(metrics, "--metrics");
  if (instance !== undefined && !/^[\w.-]{1,64}$/.test(instance)) {
    throw new ConfigError("--instance takes a name of up to 64 letters, digits and . _ -");
  }
  return { logFormat, instance, metrics: address && listenAddress(address) };
}
