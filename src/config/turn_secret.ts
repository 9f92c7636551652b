import { keepSecret } from "../program/redaction.ts";
import type { ConfigFile } from "./config_file.ts";
import type { Environment } from "./environment.ts";
import { expandHome } from "./home_path.ts";
import { ConfigError, fromFlag, type Given } from "./origin.ts";
import { readCredential, readSecret } from "./secrets.ts";
import { count, DEFAULT_TURN_TTL, MAX_TURN_TTL } from "./values.ts";

export interface TurnFlags {
  readonly turnSecretFile?: string;
  readonly turnTtl?: string;
}

/** A secret that is shared with TURN servers, and how long what is made of it is good for. */
export interface TurnSecret {
  readonly secret: string;
  /** In seconds. */
  readonly ttl: number;
}

/** The shortest secret, and the longest, in characters. */
const MIN_SECRET = 16;
const MAX_SECRET = 512;

/**
 * The secret that was given: in a file of the command line, else by systemd, else in a file that the configuration
 * names. Undefined where there is none.
 *
 * @throws {ConfigError}
 */
export async function turnSecret(
  flags: TurnFlags,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<Given<TurnSecret> | undefined> {
  const named = fromFlag(flags.turnSecretFile, "--turn-secret-file");
  const configured = file?.get("stream.turn_secret_file");
  const text = named !== undefined
    ? await readSecret(named)
    : await readCredential(environment, "turn-secret") ??
      (configured && await readSecret(expandHome(configured, environment)));
  if (text === undefined) return undefined;
  const ttl = fromFlag<string | number>(flags.turnTtl, "--turn-ttl") ?? file?.get("stream.turn_ttl");
  return {
    value: {
      secret: secretOf(text),
      ttl: ttl === undefined ? DEFAULT_TURN_TTL : count(ttl, MAX_TURN_TTL),
    },
    origin: text.origin,
  };
}

function secretOf({ value, origin }: Given<string>): string {
  const secret = value.trim();
  if (!/^[\x21-\x7e]+$/.test(secret) || secret.length < MIN_SECRET || secret.length > MAX_SECRET) {
    throw new ConfigError(
      `${origin.name} holds no secret of ${MIN_SECRET} to ${MAX_SECRET} characters without a space`,
      origin,
    );
  }
  keepSecret(secret);
  return secret;
}
