import { parseArgs } from "node:util";
import { UsageError } from "../options.ts";

export const PARTS = ["opening", "gaps", "memory"] as const;
export type Part = typeof PARTS[number];

/** Words of a command that runs another, such as one that enters a network namespace. */
export type Through = readonly [string, ...string[]];

export interface PlayerOptions {
  readonly part: Part;
  /** Film, as a path. */
  readonly film: string;
  /** Where the box listens, `host:port`; the player's page comes from there. */
  readonly listen: string;
  readonly box: Through | undefined;
  readonly browser: Through | undefined;
  readonly rounds: number;
  readonly minutes: number;
  readonly rate: number;
  readonly seed: number;
}

/** @throws {UsageError} */
export function parsePlayerOptions(args: readonly string[]): PlayerOptions {
  const text = { type: "string" } as const;
  const given = (() => {
    try {
      const options = {
        film: text,
        listen: text,
        box: text,
        browser: text,
        rounds: text,
        minutes: text,
        rate: text,
        seed: text,
      };
      return parseArgs({ args: [...args], options, allowPositionals: true });
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  })();
  const [part] = given.positionals;
  if (!(PARTS as readonly (string | undefined)[]).includes(part) || given.positionals.length > 1) {
    throw new UsageError(`name one of ${PARTS.join(", ")}`);
  }
  const { film, listen = "127.0.0.1:8090", box, browser, rounds, minutes, rate, seed } = given.values;
  if (film === undefined) throw new UsageError("--film names the film to play");
  return {
    part: part as Part,
    film,
    listen,
    box: words(box),
    browser: words(browser),
    rounds: count("rounds", rounds ?? "7"),
    minutes: count("minutes", minutes ?? "60"),
    rate: count("rate", rate ?? "8"),
    seed: count("seed", seed ?? "1"),
  };
}

function words(command: string | undefined): Through | undefined {
  const [first, ...more] = command?.split(" ").filter(Boolean) ?? [];
  return first === undefined ? undefined : [first, ...more];
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new UsageError(`--${name} takes a whole number from 1, not ${text}`);
  }
  return Number(text);
}
