import { keepSecret } from "../program/redaction.ts";
import type { Environment } from "./environment.ts";
import { join } from "./join.ts";
import { ConfigError, type Given, type Origin } from "./origin.ts";

/** The shortest token that is taken, in characters. */
const MIN_TOKEN = 16;

/** What systemd hands over with `LoadCredential=`, by name (systemd.exec(5), "Credentials"). */
export type CredentialName = "agent-token" | "api-key" | "viewer-token" | "turn-credentials" | "identity";

/**
 * The text of a file that holds a secret.
 *
 * @throws {ConfigError}
 */
export async function readSecret({ value: path, origin }: Given<string>): Promise<Given<string>> {
  try {
    return { value: await Deno.readTextFile(path), origin: { kind: origin.kind, name: path } };
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "it does not exist" : "it cannot be read";
    throw new ConfigError(`${path}: ${why}`, origin);
  }
}

/** Others than the owner and the group may read (a mode of POSIX). */
const READABLE_BY_OTHERS = 0o004;

/** Whether every user of the machine may read a file that was read; false where the system has no such modes. */
export async function readableByOthers(path: string): Promise<boolean> {
  return (((await Deno.stat(path)).mode ?? 0) & READABLE_BY_OTHERS) !== 0;
}

/**
 * The text of a systemd credential, or undefined where none is handed over under that name.
 *
 * @throws {ConfigError}
 */
export async function readCredential(
  environment: Environment,
  name: CredentialName,
): Promise<Given<string> | undefined> {
  const directory = environment("CREDENTIALS_DIRECTORY");
  if (directory === undefined) return undefined;
  const origin: Origin = { kind: "credential", name: `the credential ${name}` };
  try {
    return { value: await Deno.readTextFile(join(directory, name)), origin };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new ConfigError(`${origin.name} cannot be read`, origin);
  }
}

/**
 * Tokens, one a line; empty lines and those that begin with # are none.
 *
 * @throws {ConfigError} where there is none, or one that cannot be a token; it is not shown
 */
export function tokensOf({ value, origin }: Given<string>): string[] {
  const tokens = value.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (tokens.length === 0) throw new ConfigError(`${origin.name} holds no token`, origin);
  for (const token of tokens) {
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new ConfigError(`${origin.name} holds a token with a character that it may not have`, origin);
    }
    if (token.length < MIN_TOKEN) {
      throw new ConfigError(
        `${origin.name} holds a token that is shorter than ${MIN_TOKEN} characters`,
        origin,
      );
    }
    keepSecret(token);
  }
  return tokens;
}
