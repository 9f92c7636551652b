/** What a configuration that is read again changes. */

/** What becomes of a value that has changed: taken over while the program runs, at its next start, or nothing. */
export type Fate = "at once" | "next start" | "ignored";

/** For each value of a configuration what the log calls it, and its fate. */
export type Fates<C> = { readonly [K in keyof Required<C>]: readonly [name: string, fate: Fate] };

export interface Changes<C> {
  /** The configuration in force from here on. */
  readonly config: C;
  /** Names of the values that were taken over, and of those that wait for the next start. */
  readonly taken: readonly string[];
  readonly waiting: readonly string[];
}

/**
 * Compares a configuration with what is read now.
 *
 * @param next what was read
 * @param again what was read once more: a value that differs from the first reading was made up at both, as a
 * token is that nobody configured, and the one in force stays
 */
export function changesOf<C extends object>(fates: Fates<C>, current: C, next: C, again: C): Changes<C> {
  const config = { ...current };
  const taken: string[] = [];
  const waiting: string[] = [];
  for (const key of Object.keys(fates) as (keyof C)[]) {
    const [name, fate] = fates[key];
    if (fate === "ignored" || isSame(current[key], next[key]) || !isSame(next[key], again[key])) continue;
    if (fate === "at once") {
      config[key] = next[key];
      taken.push(name);
    } else {
      waiting.push(name);
    }
  }
  return { config, taken, waiting };
}

/** Whether two values, which come of the same code, are the same data. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
