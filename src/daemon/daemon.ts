import type { LogLevel } from "@logtape/logtape";
import type { ExitCode } from "../program/exit_codes.ts";
import type { ProgramFiles } from "../program/program_files.ts";

/** A part of the program that runs until it is stopped. */
export interface Daemon {
  stop(): Promise<void>;
}

/** What a daemon needs of the program that it is part of. */
export interface Surroundings {
  readonly files: ProgramFiles;
  readonly logLevel: LogLevel;
  /** Takes the line with the player's link. */
  out(line: string): void;
  /** The daemon cannot go on, for the reason in the sentence; ends with 1 where no code is given. */
  fail(message: string, exitCode?: ExitCode): void;
}
