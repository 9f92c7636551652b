import { configFile, DEFAULTS, givenViewerTokens, type GlobalFlags } from "./config.ts";
import type { ConfigFile } from "./config_file.ts";
import { type Environment, fromEnvironment, processEnvironment } from "./environment.ts";
import { givenIdentity } from "./identity.ts";
import { ConfigError, fromFlag } from "./origin.ts";
import { sharedDirectories } from "./shared_directories.ts";
import { type ListenAddress, listenAddress, relayBase } from "./values.ts";

export interface IdentityFlags extends GlobalFlags {
  readonly identityFile?: string;
}

export interface ShareFlags extends IdentityFlags {
  readonly allowRead?: string;
  readonly relay?: string;
  readonly listen?: string;
  readonly viewerTokenFile?: string;
  readonly agent?: string;
}

/** What a link to a box is made of. */
export interface ShareConfig {
  /** Folders in which its path is looked for; undefined where none is named. */
  readonly directories: readonly string[] | undefined;
  /** Of the box's key, 32 bytes. */
  readonly secret: Uint8Array;
  readonly token: string;
  /** The relay: its address, without a slash at the end, or where that of the box listens. */
  readonly relay: string | ListenAddress;
  readonly agent: string | undefined;
}

/**
 * The key of the box that `serve` is for with the same options and configuration.
 *
 * @throws {ConfigError}
 */
export async function boxSecret(
  flags: IdentityFlags,
  environment: Environment = processEnvironment,
): Promise<Uint8Array> {
  return await secretOf(flags, environment, await configFile(flags.config, environment));
}

/**
 * What links are made of, from where `serve` has it.
 *
 * @throws {ConfigError}
 */
export async function shareConfig(
  flags: ShareFlags,
  environment: Environment = processEnvironment,
): Promise<ShareConfig> {
  const file = await configFile(flags.config, environment);
  const secret = await secretOf(flags, environment, file);
  const tokens = await givenViewerTokens(flags.viewerTokenFile, environment, file);
  if (tokens === undefined) {
    throw new ConfigError(
      "a link has a viewer's token: say where serve has them with --viewer-token-file; those of one run are in its own link",
    );
  }
  return {
    directories: await directories(flags.allowRead, environment, file),
    secret,
    token: tokens[0]!,
    relay: relay(flags, environment, file),
    agent: flags.agent ?? file?.get("agent.id")?.value,
  };
}

async function secretOf(
  { identityFile }: IdentityFlags,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<Uint8Array> {
  const { identity } = await givenIdentity(identityFile, environment, file);
  if (identity === undefined) {
    throw new ConfigError("no identity: name the box's with --identity-file, or stream.identity_file");
  }
  return identity.secret;
}

async function directories(
  allowRead: string | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<string[] | undefined> {
  const named = allowRead !== undefined || fromEnvironment(environment, "UNARR_DOWNLOAD_DIR") !== undefined ||
    ["downloads.dir", "organize.movies_dir", "organize.tv_shows_dir", "library.scan_path"].some((key) =>
      file?.get(key as "downloads.dir") !== undefined
    );
  return named ? await sharedDirectories(allowRead, environment, file) : undefined;
}

function relay(flags: ShareFlags, environment: Environment, file: ConfigFile | undefined) {
  const elsewhere = fromFlag(flags.relay, "--relay") ??
    // An address to listen on is one of a relay of the box's own.
    (flags.listen === undefined
      ? fromEnvironment(environment, "UNARR_API_URL") ?? file?.get("auth.api_url")
      : undefined);
  if (elsewhere !== undefined) return relayBase(elsewhere);
  const own = fromFlag(flags.listen, "--listen") ?? file?.get("stream.listen") ??
    fromFlag<string>(DEFAULTS.listen, "--listen")!;
  const address = listenAddress(own);
  if (address.port === 0) {
    throw new ConfigError(`${own.origin.name} takes the port that serve listens on, not 0`, own.origin);
  }
  return address;
}
