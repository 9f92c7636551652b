/** Where relays keep what they share. */
import { keepSecret } from "../program/redaction.ts";
import type { ConfigFile } from "./config_file.ts";
import { type Environment, fromEnvironment } from "./environment.ts";
import { expandHome } from "./home_path.ts";
import { ConfigError, fromFlag, type Given } from "./origin.ts";
import { readCredential, readSecret } from "./secrets.ts";

export interface StoreFlags {
  readonly store?: string;
  readonly storePasswordFile?: string;
}

/** A Redis, and who asks it. */
export interface StoreAddress {
  /** `redis:` or `rediss:`, without a user or password. */
  readonly url: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** An address, and sentences for the log. */
export interface StoreConfig {
  readonly store: StoreAddress | undefined;
  readonly warnings: readonly string[];
}

/**
 * The store of the command line, else of the environment, of systemd or of the file; undefined where there is none.
 *
 * @throws {ConfigError} which does not show the URL: it may hold a password
 */
export async function storeConfig(
  flags: StoreFlags,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<StoreConfig> {
  const given = fromFlag(flags.store, "--store") ?? fromEnvironment(environment, "UNARR_STORE_URL") ??
    await readCredential(environment, "store-url") ?? file?.get("stream.store");
  const passwordFile = fromFlag(flags.storePasswordFile, "--store-password-file");
  if (given === undefined) {
    if (passwordFile !== undefined) throw new ConfigError("--store-password-file is for --store");
    return { store: undefined, warnings: [] };
  }
  const { url, username, password: own } = parsed(given);
  const password = await passwordOf(passwordFile, environment, file) ?? own;
  if (password !== undefined) keepSecret(password);
  const shown = own !== undefined && given.origin.kind === "flag";
  const warnings = shown
    ? ["every user of this machine can read the password in --store: see --store-password-file"]
    : [];
  return { store: { url, username, password }, warnings };
}

function parsed(given: Given<string>): StoreAddress {
  const { origin } = given;
  const url = URL.parse(given.value.trim());
  if (
    url === null || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "" ||
    url.search !== "" ||
    url.hash !== "" || !/^(\/\d{0,5})?$/.test(url.pathname)
  ) {
    throw new ConfigError(`${origin.name} takes an address like redis://redis.example:6379/0`, origin);
  }
  const [username, password] = [url.username, url.password].map((text) => decoded(text, given));
  // As it stands in the URL, too.
  if (url.password !== "") keepSecret(url.password);
  url.username = url.password = "";
  return { url: url.href, username, password };
}

function decoded(text: string, { origin }: Given<string>): string | undefined {
  try {
    return decodeURIComponent(text) || undefined;
  } catch {
    throw new ConfigError(`${origin.name} has a user or a password with a % that begins no byte`, origin);
  }
}

async function passwordOf(
  flag: Given<string> | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<string | undefined> {
  const named = file?.get("stream.store_password_file");
  const text = flag !== undefined
    ? await readSecret(flag)
    : await readCredential(environment, "store-password") ??
      (named && await readSecret(expandHome(named, environment)));
  if (text === undefined) return undefined;
  const password = text.value.replace(/\r?\n$/, "");
  if (password === "") throw new ConfigError(`${text.origin.name} holds no password`, text.origin);
  return password;
}
