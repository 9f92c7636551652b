/**
 * The command line's `--name=number` in place of the defaults.
 *
 * @throws {Error} for a name without a default, or what is no number above 0
 */
export function options<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
  args: readonly string[] = Deno.args,
): Record<Name, number> {
  const values: Record<Name, number> = { ...defaults };
  for (const arg of args) {
    const [, name, text] = /^--([a-z-]+)=(.+)$/.exec(arg) ?? [];
    if (name === undefined || !Object.hasOwn(defaults, name)) {
      const known = Object.keys(defaults).map((known) => `--${known}=…`).join(", ");
      throw new Error(`${arg} is not among the options: ${known}`);
    }
    const value = Number(text);
    if (!(Number.isFinite(value) && value > 0)) throw new Error(`--${name} takes a number above 0`);
    values[name as Name] = value;
  }
  return values;
}
