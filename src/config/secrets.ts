import { keepSecret } from "../program/redaction.ts";
import type { Environment } from "./environment.ts";
import { join } from "./join.ts";
import { ConfigError, type Given, type Origin } from "./origin.ts";

/** The shortest token that is taken, in characters. */
const MIN_TOKEN = 16;

/** What systemd hands over with `LoadCredential=`, by name (systemd.exec(5), "Credentials"). */
export type CredentialName =
  | "agent-token"
  | "api-key"
  | "viewer-token"
  | "turn-credentials"
  | "turn-secret"
  | "store-url"
  | "store-password";

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

/** The name of an account of a relay. */
const ACCOUNT = /^[\w.-]{1,64}$/;

/**
 * Tokens, one a line; empty lines and those that begin with # are none.
 *
 * @throws {ConfigError} where there is none, or one that cannot be a token; it is not shown
 */
export function tokensOf(text: Given<string>): string[] {
  const tokens = linesOf(text);
  checkTokens(tokens, text.origin);
  return tokens;
}

/**
 * Tokens of a relay, one a line, each alone or with a space and the name of its account behind it.
 *
 * @throws {ConfigError} as {@link tokensOf}, or where an account is no name
 */
export function tokenLinesOf(text: Given<string>): string[] {
  const lines = linesOf(text).map((line) => line.split(/[ \t]+/));
  checkTokens(lines.map(([token]) => token!), text.origin);
  for (const [, account = "", ...more] of lines) {
    if (more.length > 0 || (account !== "" && !ACCOUNT.test(account))) {
      throw new ConfigError(
        `${text.origin.name} holds an account that is not a name of up to 64 letters, digits and . _ -`,
        text.origin,
      );
    }
  }
  return lines.map((words) => words.join(" "));
}

/** The token of a line of {@link tokenLinesOf}. */
export function tokenOfLine(line: string): string {
  return line.split(" ")[0]!;
}

function linesOf({ value, origin }: Given<string>): string[] {
  const lines = value.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0) throw new ConfigError(`${origin.name} holds no token`, origin);
  return lines;
}

function checkTokens(tokens: readonly string[], origin: Origin): void {
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
}
