/** The command line is wrong; the message is one sentence. */
export class RelayUsageError extends Error {
  override readonly name = "RelayUsageError";
}

export interface RelayBenchOptions<Name extends string> {
  readonly numbers: Readonly<Record<Name, number>>;
  /** Where the report goes. */
  readonly json: string | undefined;
  /** ISO 8601; today where it is left out. */
  readonly date: string;
}

/**
 * `--name=number` in place of the defaults, `--json=` and `--date=`.
 *
 * @throws {RelayUsageError}
 */
export function parseRelayOptions<Name extends string>(
  args: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): RelayBenchOptions<Name> {
  const numbers: Record<Name, number> = { ...defaults };
  let json: string | undefined;
  let date = new Date().toISOString().slice(0, 10);
  for (const arg of args) {
    const [, name = "", value = ""] = /^--([a-z-]+)=(.+)$/.exec(arg) ?? [];
    if (name === "json") json = value;
    else if (name === "date" && !Number.isNaN(Date.parse(value))) date = value;
    else if (Object.hasOwn(defaults, name) && Number.isFinite(Number(value)) && Number(value) >= 0) {
      numbers[name as Name] = Number(value);
    } else {
      const known = Object.keys(defaults).map((name) => `--${name}=<number>`);
      throw new RelayUsageError(`${arg} is none of ${known.join(", ")}, --json=<file>, --date=<date>`);
    }
  }
  return { numbers, json, date };
}
