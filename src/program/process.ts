import type { ProgramFiles } from "./program_files.ts";

/** What the command line needs of the process it runs in. */
export interface Process {
  readonly args: readonly string[];
  readonly files: ProgramFiles;
  /** @throws {Error} where standard output takes no more */
  out(line: string): void;
  /** Standard error; what it does not take is lost. */
  error(line: string): void;
  /** Ends the process. */
  exit(code: number): never;
  /** Whether standard error is a terminal, and still there. */
  terminal(): boolean;
  /** Whether standard error is a terminal that takes colour. */
  readonly color: boolean;
  /** `JOURNAL_STREAM` (systemd.exec(5)); undefined where it is not set. */
  readonly journalStream: string | undefined;
}
