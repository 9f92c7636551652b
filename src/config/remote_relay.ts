import type { ConfigFile } from "./config_file.ts";
import { type Environment, fromEnvironment } from "./environment.ts";
import { ConfigError, fromFlag, type Given, type Origin } from "./origin.ts";
import { readCredential, readSecret, tokensOf } from "./secrets.ts";
import { relayBase } from "./values.ts";

/** A relay elsewhere. */
export interface RemoteRelay {
  /** Without a slash at the end. */
  readonly base: string;
  /** Its further addresses, as that one. */
  readonly mirrors: readonly string[];
  readonly token: string;
  /** Where the token was given. */
  readonly tokenOrigin: Origin;
}

/**
 * The relay at the address that was given, with the key for it.
 *
 * @throws {ConfigError}
 */
export async function remoteRelay(
  relay: Given<string>,
  keyFile: string | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<RemoteRelay> {
  const base = relayBase(relay);
  const named = fromFlag(keyFile, "--api-key-file");
  const key = named !== undefined
    ? await readSecret(named)
    : fromEnvironment(environment, "UNARR_API_KEY") ?? await readCredential(environment, "api-key") ??
      file?.get("auth.api_key");
  if (key === undefined) {
    throw new ConfigError(
      "a relay elsewhere wants a key: give it with --api-key-file, UNARR_API_KEY or auth.api_key in the configuration",
      relay.origin,
    );
  }
  return { base, mirrors: mirrorsOf(relay, base, file), token: tokensOf(key)[0]!, tokenOrigin: key.origin };
}

/** The file's mirrors are those of the file's relay: another one's key is not for them. */
function mirrorsOf(relay: Given<string>, base: string, file: ConfigFile | undefined): string[] {
  const given = relay.origin.kind === "file" ? file?.get("auth.mirrors") : undefined;
  if (given === undefined) return [];
  const mirrors = new Set(given.value.map((value) => relayBase({ value, origin: given.origin })));
  mirrors.delete(base);
  return [...mirrors];
}
