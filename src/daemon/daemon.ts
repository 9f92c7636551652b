import type { LogLevel } from "@logtape/logtape";
import type { ListenAddress } from "../config/config.ts";
import type { ExitCode } from "../program/exit_codes.ts";
import type { ProgramFiles } from "../program/program_files.ts";

/** A part of the program that runs until it is stopped. */
export interface Daemon<Config> {
  /** Takes over what of a configuration can be while it runs. */
  reload(config: Config): void;
  stop(): Promise<void>;
}

/** What a daemon needs of the program that it is part of. */
export interface Surroundings {
  readonly files: ProgramFiles;
  readonly logLevel: LogLevel;
  /** Where metrics are served; undefined for nowhere. */
  readonly metrics: ListenAddress | undefined;
  /** What the instance goes by; undefined for its folders and its relay. */
  readonly instance: string | undefined;
  /** Takes the line with the player's link. */
  out(line: string): void;
  /** The daemon cannot go on, for the reason in the sentence; ends with 1 where no code is given. */
  fail(message: string, exitCode?: ExitCode): void;
}
