import { getLogger } from "@logtape/logtape";
import type { Origin } from "../config/origin.ts";
import { EXIT_FAILURE, EXIT_NOPERM, type ExitCode } from "../program/exit_codes.ts";
import { redacted } from "../program/redaction.ts";

const log = getLogger(["unarr", "serve"]);

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
 * @param message what the relay said, on one line; "" for nothing
 * @param origin where the key was given; undefined for the key of this run's own relay
 */
export function refusedEnding(status: number, message: string, origin: Origin | undefined): Ending {
  const key = origin === undefined ? "the key of this run" : `the key from ${origin.name}`;
  if (status === 401) return { message: `the relay refused ${key}`, exitCode: EXIT_NOPERM };
  // A relay that repeats the key it refuses must not bring it to the terminal.
  const said = message === "" ? "" : `: ${redacted(message)}`;
  if (status === 403) return { message: `${key} may not register this agent${said}`, exitCode: EXIT_NOPERM };
  return { message: `the relay refused the agent with status ${status}${said}`, exitCode: EXIT_FAILURE };
}

/** An ending that waits for those who watch: their bytes need no relay. */
export class PatientEnding {
  readonly #sessions: () => number;
  readonly #end: (ending: Ending) => void;
  #ending: Ending | undefined;

  /** @param sessions how many live */
  constructor(sessions: () => number, end: (ending: Ending) => void) {
    this.#sessions = sessions;
    this.#end = end;
  }

  /** Ends at once where nobody watches. */
  begin(ending: Ending): void {
    this.#ending = ending;
    const sessions = this.#sessions();
    if (sessions === 0) return this.check();
    log.error("{message}; this ends with the last of {sessions} sessions", {
      message: ending.message,
      sessions,
    });
  }

  /** Ends where there is an ending and nobody watches any more; to be called now and then. */
  check(): void {
    const ending = this.#ending;
    if (ending === undefined || this.#sessions() > 0) return;
    this.#ending = undefined;
    this.#end(ending);
  }
}
