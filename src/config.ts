import { Buffer } from "node:buffer";
import type { IceServer } from "./signal/relay_api.ts";

/** What the user asked for cannot be done as it stands; the message is one sentence for them. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** What seals records: the kernel where it passes its check, one of the two by name. */
export const CRYPTO_PREFERENCES = ["auto", "kernel", "node"] as const;
export type CryptoPreference = typeof CRYPTO_PREFERENCES[number];

/** Values of the command line, as commander gives them. */
export interface ServeFlags {
  readonly allowRead?: string;
  readonly relay?: string;
  readonly apiKeyFile?: string;
  readonly listen: string;
  readonly viewerTokenFile?: string;
  readonly iceServer?: string[];
  readonly iceCredentialsFile?: string;
  readonly name?: string;
  readonly maxSessions: string;
  readonly engines?: string;
  readonly crypto: CryptoPreference;
}

export interface RelayFlags {
  readonly listen: string;
  readonly agentTokenFile?: string;
  readonly viewerTokenFile?: string;
  readonly iceServer?: string[];
  readonly iceCredentialsFile?: string;
}

export interface ServeConfig {
  readonly directories: readonly string[];
  /** A relay elsewhere, or undefined for the embedded one. */
  readonly remote: { readonly base: string; readonly token: string } | undefined;
  readonly listen: ListenAddress;
  readonly viewerTokens: readonly string[];
  readonly iceServers: readonly IceServer[];
  readonly name: string | undefined;
  readonly maxSessions: number;
  /** Threads that run sessions, at most. */
  readonly engines: number;
  readonly crypto: CryptoPreference;
}

export interface RelayConfig {
  readonly listen: ListenAddress;
  readonly agentTokens: readonly string[];
  readonly viewerTokens: readonly string[];
  readonly iceServers: readonly IceServer[];
}

/** The shortest token that is taken, in characters. */
const MIN_TOKEN = 16;

const MAX_ENGINES = 64;

/**
 * @throws {ConfigError}
 */
export async function serveConfig(flags: ServeFlags): Promise<ServeConfig> {
  const directories = (flags.allowRead ?? "").split(",").map((path) => path.trim()).filter(Boolean);
  if (directories.length === 0) {
    throw new ConfigError("no folder is shared: say which with --allow-read=<folder>");
  }
  return {
    directories,
    remote: flags.relay === undefined
      ? undefined
      : { base: relayBase(flags.relay), token: await apiKey(flags.apiKeyFile) },
    listen: listenAddress(flags.listen),
    viewerTokens: await viewerTokens(flags.viewerTokenFile),
    iceServers: await iceServers(flags.iceServer, flags.iceCredentialsFile),
    name: flags.name,
    maxSessions: count(flags.maxSessions, "--max-sessions", 1_000),
    engines: flags.engines === undefined
      ? Math.min(MAX_ENGINES, navigator.hardwareConcurrency)
      : count(flags.engines, "--engines", MAX_ENGINES),
    crypto: flags.crypto,
  };
}

/**
 * @throws {ConfigError}
 */
export async function relayConfig(flags: RelayFlags): Promise<RelayConfig> {
  if (flags.agentTokenFile === undefined) {
    throw new ConfigError("a relay alone needs --agent-token-file: the keys that boxes may register with");
  }
  return {
    listen: listenAddress(flags.listen),
    agentTokens: await tokensFrom(flags.agentTokenFile),
    viewerTokens: await viewerTokens(flags.viewerTokenFile),
    iceServers: await iceServers(flags.iceServer, flags.iceCredentialsFile),
  };
}

/** `host:port`, `[v6]:port` or a port alone. */
export function listenAddress(text: string): ListenAddress {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:\[\]]+):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    throw new ConfigError(`--listen takes an address like 127.0.0.1:8090, not ${JSON.stringify(text)}`);
  }
  return { hostname: (match[1] ?? "127.0.0.1").replace(/^\[|\]$/g, ""), port };
}

/** A random token: 192 bits in base64url. */
export function randomToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}

function relayBase(text: string): string {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.username || url.search || url.hash) {
    throw new ConfigError(`--relay takes an address like https://relay.example, not ${JSON.stringify(text)}`);
  }
  return url.href.replace(/\/+$/, "");
}

async function apiKey(file: string | undefined): Promise<string> {
  const tokens = file === undefined ? fromEnvironment("UNARR_API_KEY") : await tokensFrom(file);
  if (tokens.length === 0) {
    throw new ConfigError("a relay elsewhere wants a key: give it with --api-key-file or UNARR_API_KEY");
  }
  return tokens[0]!;
}

/** The configured viewer tokens, or a random one for this run. */
async function viewerTokens(file: string | undefined): Promise<string[]> {
  const tokens = file === undefined ? fromEnvironment("UNARR_VIEWER_TOKEN") : await tokensFrom(file);
  return tokens.length > 0 ? tokens : [randomToken()];
}

function fromEnvironment(name: string): string[] {
  const value = Deno.env.get(name)?.trim();
  return value ? [checkedToken(value, name)] : [];
}

/** One token a line; empty lines and those that begin with # are none. */
async function tokensFrom(file: string): Promise<string[]> {
  const tokens = (await readSecret(file)).split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (tokens.length === 0) throw new ConfigError(`${file} holds no token`);
  return tokens.map((token) => checkedToken(token, file));
}

function checkedToken(token: string, source: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigError(`a token in ${source} has a character it may not have`);
  }
  if (token.length < MIN_TOKEN) {
    throw new ConfigError(`a token in ${source} is shorter than ${MIN_TOKEN} characters`);
  }
  return token;
}

async function readSecret(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "it does not exist" : "it cannot be read";
    throw new ConfigError(`${file}: ${why}`);
  }
}

async function iceServers(
  urls: readonly string[] = [],
  credentialsFile: string | undefined,
): Promise<IceServer[]> {
  for (const url of urls) {
    if (!/^(stuns?|turns?):[^\s@?]+(\?transport=(udp|tcp))?$/i.test(url)) {
      throw new ConfigError(`--ice-server takes a URL like stun:host:port or turn:host:port, not ${url}`);
    }
  }
  const turn = urls.some((url) => /^turn/i.test(url));
  if (!turn) return urls.map((url) => ({ urls: url }));
  if (credentialsFile === undefined) {
    throw new ConfigError("a TURN server wants --ice-credentials-file, with username:credential on one line");
  }
  const [username, ...rest] = (await readSecret(credentialsFile)).trim().split(":");
  if (!username || rest.length === 0) {
    throw new ConfigError(`${credentialsFile} holds no username:credential`);
  }
  const credential = rest.join(":");
  return urls.map((url) => /^turn/i.test(url) ? { urls: url, username, credential } : { urls: url });
}

function count(text: string, name: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > max) {
    throw new ConfigError(`${name} takes a number from 1 to ${max}, not ${JSON.stringify(text)}`);
  }
  return value;
}
