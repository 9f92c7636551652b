import { EXIT_CONFIG, EXIT_USAGE } from "../program/exit_codes.ts";

/** Where a value was given. */
export interface Origin {
  readonly kind: "flag" | "environment" | "credential" | "file";
  /** What a sentence calls it: an option, a variable, a key and its file. */
  readonly name: string;
}

/** A value, and where it was given. */
export interface Given<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** What the user asked for cannot be done as it stands; the message is one sentence for them. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** 78 for what is configured, 2 for what was asked on the command line. */
  readonly exitCode: typeof EXIT_CONFIG | typeof EXIT_USAGE;

  /** @param origin of the value that is at fault; the command line where it is left out */
  constructor(message: string, origin?: Origin) {
    super(message);
    this.exitCode = origin === undefined || origin.kind === "flag" ? EXIT_USAGE : EXIT_CONFIG;
  }
}

/** A value of the command line, or undefined where it was not given. */
export function fromFlag<T>(value: T | undefined, name: string): Given<T> | undefined {
  return value === undefined ? undefined : { value, origin: { kind: "flag", name } };
}
