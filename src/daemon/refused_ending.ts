import type { Origin } from "../config/origin.ts";
import { EXIT_FAILURE, EXIT_NOPERM, type ExitCode } from "../program/exit_codes.ts";

/** How the program ends. */
export interface Ending {
  /** A sentence for the user. */
  readonly message: string;
  readonly exitCode: ExitCode;
}

/**
 * What to say and how to end when the relay will not have this box, for good.
 *
 * @param status of the relay's answer
 * @param message what is known besides, as a sentence
 * @param origin where the key was given; undefined for the key of this run's own relay
 */
export function refusedEnding(status: number, message: string, origin: Origin | undefined): Ending {
  const key = origin === undefined ? "the key of this run" : `the key from ${origin.name}`;
  if (status === 401) return { message: `the relay refused ${key}`, exitCode: EXIT_NOPERM };
  if (status === 403) return { message: `${key} may not register this agent`, exitCode: EXIT_NOPERM };
  return { message, exitCode: EXIT_FAILURE };
}
