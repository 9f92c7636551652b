import { Buffer } from "node:buffer";
import { ConfigFile } from "./config_file.ts";
import { defaultConfigPath } from "./default_path.ts";
import { type Environment, fromEnvironment, processEnvironment } from "./environment.ts";
import { expandHome } from "./home_path.ts";
import { type IceConfig, type IceFlags, iceServers, type TurnService } from "./ice_servers.ts";
import { type BoxIdentity, givenIdentity, newIdentity, tokenIdentity } from "./identity.ts";
import { ConfigError, fromFlag } from "./origin.ts";
import { type RemoteRelay, remoteRelay } from "./remote_relay.ts";
import { revokedGrants } from "./revocation.ts";
import { readCredential, readSecret, tokenLinesOf, tokenOfLine } from "./secrets.ts";
import { type StoreAddress, storeConfig, type StoreFlags } from "./store.ts";
import { sharedDirectories } from "./shared_directories.ts";
import { trustedProxies } from "./trusted_proxies.ts";
import { turnSecret } from "./turn_secret.ts";
import {
  count,
  type CryptoPreference,
  DEFAULT_TURN_TTL,
  type ListenAddress,
  listenAddress,
  MAX_AGENTS,
  MAX_DRAIN_SECONDS,
  MAX_ENGINES,
  MAX_SESSIONS,
} from "./values.ts";
import type { LOG_LEVELS } from "../program/logging.ts";
import { keepSecret } from "../program/redaction.ts";
export { ConfigError } from "./origin.ts";
export { tokenOfLine } from "./secrets.ts";
export type { TurnService };
export { CRYPTO_PREFERENCES, type CryptoPreference, type ListenAddress } from "./values.ts";

type ProgramLogLevel = typeof LOG_LEVELS[number];

/** What holds where nothing else is given; the command line's help shows it. */
export const DEFAULTS = {
  listen: "127.0.0.1:8090",
  maxSessions: "8",
  turnTtl: String(DEFAULT_TURN_TTL),
  crypto: "auto",
  logLevel: "info",
  drain: "25",
  maxAgents: "10000",
} as const;

/** Values that were given on the command line, as commander gives them; no defaults. */
export interface GlobalFlags {
  readonly config?: string;
  readonly logLevel?: ProgramLogLevel;
}

export interface ServeFlags extends GlobalFlags, IceFlags {
  readonly allowRead?: string;
  readonly relay?: string;
  readonly apiKeyFile?: string;
  readonly listen?: string;
  readonly viewerTokenFile?: string;
  readonly trustProxy?: string;
  readonly name?: string;
  readonly maxSessions?: string;
  readonly engines?: string;
  readonly crypto?: CryptoPreference;
  readonly identityFile?: string;
  readonly revocationFile?: string;
  readonly open?: true;
}

export interface RelayFlags extends GlobalFlags, IceFlags, StoreFlags {
  readonly listen?: string;
  readonly agentTokenFile?: string;
  readonly viewerTokenFile?: string;
  readonly trustProxy?: string;
  readonly accessLog?: boolean;
  readonly drain?: string;
  readonly maxAgents?: string;
}

/** What both daemons have. */
interface CommonConfig extends IceConfig {
  readonly listen: ListenAddress;
  /** Of a relay alone, each may have a space and the name of its account behind it. */
  readonly viewerTokens: readonly string[];
  /** Reverse proxies before the relay whose word on a client's address is taken: addresses and networks. */
  readonly trustProxy: readonly string[];
  readonly logLevel: ProgramLogLevel;
  /** Sentences for the log, once there is one. */
  readonly warnings: readonly string[];
}

export interface ServeConfig extends CommonConfig {
  readonly directories: readonly string[];
  /** Undefined for the embedded one. */
  readonly remote: RemoteRelay | undefined;
  /** What the relay knows the box by, where it is configured. */
  readonly agentId: string | undefined;
  readonly name: string | undefined;
  /** False where sessions over WebRTC are to be refused. */
  readonly webrtc: boolean;
  readonly maxSessions: number;
  /** Threads that run sessions, at most. */
  readonly engines: number;
  readonly crypto: CryptoPreference;
  readonly identity: BoxIdentity;
  /** Ids of links that were taken back. */
  readonly revoked: readonly string[];
  /** Whether viewers without a link are let in though the box has an identity. */
  readonly open: boolean;
}

export interface RelayConfig extends CommonConfig {
  /** Each alone, or with a space and the name of its account behind it. */
  readonly agentTokens: readonly string[];
  /** Whether each request makes a line of the log. */
  readonly accessLog: boolean;
  /** Event streams may come to their end for so long. */
  readonly drainSeconds: number;
  /** Boxes that it remembers, at most. */
  readonly maxAgents: number;
  /** What it shares with other relays; undefined where it keeps all to itself. */
  readonly store: StoreAddress | undefined;
}

/**
 * What to serve and how: of the command line, else of the environment, else of the configuration file.
 *
 * @throws {ConfigError}
 */
export async function serveConfig(
  flags: ServeFlags,
  environment: Environment = processEnvironment,
): Promise<ServeConfig> {
  const file = await configFile(flags.config, environment);
  const relay = fromFlag(flags.relay, "--relay") ?? fromEnvironment(environment, "UNARR_API_URL") ??
    file?.get("auth.api_url");
  const { identity, warning } = await givenIdentity(flags.identityFile, environment, file);
  const engines = fromFlag<string | number>(flags.engines, "--engines") ?? file?.get("stream.engines");
  const remote = relay && await remoteRelay(relay, flags.apiKeyFile, environment, file);
  const common = oneHousehold(await commonConfig(flags, environment, file));
  const own = {
    directories: await sharedDirectories(flags.allowRead, environment, file),
    remote,
    agentId: file?.get("agent.id")?.value,
    name: flags.name ?? file?.get("agent.name")?.value,
    webrtc: file?.get("downloads.webrtc.enabled")?.value ?? true,
    maxSessions: count(
      fromFlag<string | number>(flags.maxSessions, "--max-sessions") ?? file?.get("stream.max_sessions") ??
        fromFlag(DEFAULTS.maxSessions, "--max-sessions")!,
      MAX_SESSIONS,
    ),
    engines: engines === undefined
      ? Math.min(MAX_ENGINES, navigator.hardwareConcurrency)
      : count(engines, MAX_ENGINES),
    crypto: flags.crypto ?? file?.get("stream.crypto")?.value ?? DEFAULTS.crypto,
    // A relay elsewhere knows its viewers' tokens, and is not to have the box's key with them.
    identity: identity ??
      (remote === undefined ? await tokenIdentity(common.viewerTokens[0]!) : newIdentity()),
    revoked: await revokedGrants(flags.revocationFile, environment, file),
    open: flags.open ?? false,
  };
  const warnings = warning === undefined ? common.warnings : [...common.warnings, warning];
  return { ...own, ...common, warnings };
}

/** A box has no accounts: whoever may watch may watch it. */
function oneHousehold(config: CommonConfig): CommonConfig {
  return { ...config, viewerTokens: config.viewerTokens.map(tokenOfLine) };
}

/**
 * @throws {ConfigError}
 */
export async function relayConfig(
  flags: RelayFlags,
  environment: Environment = processEnvironment,
): Promise<RelayConfig> {
  const named = fromFlag(flags.agentTokenFile, "--agent-token-file");
  const keys = named === undefined
    ? await readCredential(environment, "agent-token")
    : await readSecret(named);
  if (keys === undefined) {
    throw new ConfigError("a relay alone needs --agent-token-file: the keys that boxes may register with");
  }
  const file = await configFile(flags.config, environment);
  const agentTokens = tokenLinesOf(keys);
  const { store, warnings } = await storeConfig(flags, environment, file);
  const common = await commonConfig(flags, environment, file);
  return {
    agentTokens,
    accessLog: flags.accessLog ?? false,
    maxAgents: count(fromFlag(flags.maxAgents ?? DEFAULTS.maxAgents, "--max-agents")!, MAX_AGENTS),
    drainSeconds: count(fromFlag(flags.drain ?? DEFAULTS.drain, "--drain")!, MAX_DRAIN_SECONDS, 0),
    store,
    ...common,
    warnings: [...common.warnings, ...warnings],
  };
}

/** A random token: 192 bits in base64url. */
export function randomToken(): string {
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
  keepSecret(token);
  return token;
}

/** The file that is named, else the one where the reference has its own, if it is there. */
export async function configFile(
  named: string | undefined,
  environment: Environment,
): Promise<ConfigFile | undefined> {
  if (named !== undefined) return await ConfigFile.read(named);
  const path = defaultConfigPath(environment);
  return path === undefined ? undefined : await ConfigFile.readIfThere(path);
}

async function commonConfig(
  flags: ServeFlags | RelayFlags,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<CommonConfig> {
  const warning = file?.warning;
  return {
    listen: listenAddress(
      fromFlag(flags.listen, "--listen") ?? file?.get("stream.listen") ??
        fromFlag<string>(DEFAULTS.listen, "--listen")!,
    ),
    viewerTokens: await viewerTokens(flags.viewerTokenFile, environment, file),
    ...await iceServers(flags, environment, file, await turnSecret(flags, environment, file)),
    trustProxy: trustedProxies(fromFlag(flags.trustProxy, "--trust-proxy"), file?.get("stream.trust_proxy")),
    logLevel: flags.logLevel ?? file?.get("stream.log_level")?.value ?? DEFAULTS.logLevel,
    warnings: warning === undefined ? [] : [warning],
  };
}

/** The configured viewer tokens, or a random one for this run. */
async function viewerTokens(
  flag: string | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<string[]> {
  return await givenViewerTokens(flag, environment, file) ?? [randomToken()];
}

/** The configured viewer tokens with their accounts, or undefined where there are none. @throws {ConfigError} */
export async function givenViewerTokens(
  flag: string | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<string[] | undefined> {
  const named = fromFlag(flag, "--viewer-token-file");
  const configured = file?.get("stream.viewer_token_file");
  const text = named !== undefined
    ? await readSecret(named)
    : fromEnvironment(environment, "UNARR_VIEWER_TOKEN") ??
      await readCredential(environment, "viewer-token") ??
      (configured && await readSecret(expandHome(configured, environment)));
  return text === undefined ? undefined : tokenLinesOf(text);
}
