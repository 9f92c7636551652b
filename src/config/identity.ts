import { keepSecret } from "../program/redaction.ts";
import { KEY_SIZE, parseIdentity } from "../trust/identity_line.ts";
import type { ConfigFile } from "./config_file.ts";
import type { Environment } from "./environment.ts";
import { expandHome } from "./home_path.ts";
import { ConfigError, fromFlag, type Given } from "./origin.ts";
import { readableByOthers, readCredential, readSecret } from "./secrets.ts";

/** The key that a box is known by. */
export interface BoxIdentity {
  /** 32 bytes (RFC 8032, section 5.1.5). */
  readonly secret: Uint8Array;
  /** False for one that nobody has configured. */
  readonly configured: boolean;
}

/** What was configured, and a sentence where others may read it. */
export interface GivenIdentity {
  readonly identity: BoxIdentity | undefined;
  readonly warning: string | undefined;
}

/**
 * The identity of the file that is named, else of systemd's credential, else of the configuration.
 *
 * @throws {ConfigError} for a file that holds none; what it holds is not shown
 */
export async function givenIdentity(
  flag: string | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<GivenIdentity> {
  const named = fromFlag(flag, "--identity-file");
  const credential = named === undefined ? await readCredential(environment, "identity") : undefined;
  if (credential !== undefined) return { identity: identityOf(credential), warning: undefined };
  const configured = file?.get("stream.identity_file");
  const path = named ?? (configured && expandHome(configured, environment));
  if (path === undefined) return { identity: undefined, warning: undefined };
  const identity = identityOf(await readSecret(path));
  const warning = await readableByOthers(path.value)
    ? `${path.value} holds the box's key and every user of this machine may read it: chmod 600 helps`
    : undefined;
  return { identity, warning };
}

/** One that nobody has configured. */
export function newIdentity(): BoxIdentity {
  return { secret: crypto.getRandomValues(new Uint8Array(KEY_SIZE)), configured: false };
}

/**
 * The one of a box with a relay of its own that nobody has configured: it follows from the token in its link
 * (HKDF, RFC 5869), so that a link whose token stays the same stays good through a restart. Whoever has the token
 * could make this key; to such a box the token is all that a link needs.
 */
export async function tokenIdentity(token: string): Promise<BoxIdentity> {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", text.encode(token), "HKDF", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    {
      name: "HKDF",
      hash: "SHA-256",
      salt: new Uint8Array(),
      info: text.encode("unarr-stream token identity 1"),
    },
    key,
    8 * KEY_SIZE,
  );
  return { secret: new Uint8Array(bits), configured: false };
}

function identityOf({ value, origin }: Given<string>): BoxIdentity {
  const secret = parseIdentity(value);
  if (secret === undefined) {
    throw new ConfigError(
      `${origin.name} holds no identity: unarr-stream identity new prints one`,
      origin,
    );
  }
  const line = value.trim();
  keepSecret(line);
  keepSecret(line.slice(line.indexOf(":") + 1));
  return { secret, configured: true };
}
