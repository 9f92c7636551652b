import { keepSecret } from "../program/redaction.ts";
import type { IceServer } from "../signal/relay_api.ts";
import type { ConfigFile } from "./config_file.ts";
import type { Environment } from "./environment.ts";
import { ConfigError, fromFlag, type Given, type Origin } from "./origin.ts";
import { readCredential, readSecret } from "./secrets.ts";
import type { TurnFlags, TurnSecret } from "./turn_secret.ts";

export interface IceFlags extends TurnFlags {
  readonly iceServer?: string[];
  readonly iceCredentialsFile?: string;
}

/** What one list may hold: its URLs, and a sentence's example of them. */
const FLAG_URLS = { kinds: /^(stun|turn)s?:/i, example: "stun:host:port or turn:host:port" };
const STUN_URLS = { kinds: /^stuns?:/i, example: "stun:host:port" };
const TURN_URLS = { kinds: /^turns?:/i, example: "turn:host:port" };

/** TURN servers whose credentials are made of a secret, for each session anew. */
export interface TurnService extends TurnSecret {
  readonly urls: readonly string[];
}

export interface IceConfig {
  /** Servers with all that it takes to ask them. */
  readonly iceServers: readonly IceServer[];
  /** Undefined where no secret was given. */
  readonly turn: TurnService | undefined;
}

/**
 * STUN and TURN servers, for box and browser: those of the command line, else those of the file. The TURN servers
 * have one user, or a secret: a file of the command line goes before a systemd credential, that before the
 * configuration file, and in the same place the secret before the user.
 *
 * @param secret that was given, of which credentials are made
 * @throws {ConfigError}
 */
export async function iceServers(
  flags: IceFlags,
  environment: Environment,
  file: ConfigFile | undefined,
  secret?: Given<TurnSecret>,
): Promise<IceConfig> {
  const given = fromFlag(flags.iceServer, "--ice-server");
  const urls = given !== undefined ? checked(given, FLAG_URLS) : [
    ...checked(file?.get("downloads.webrtc.stun_servers"), STUN_URLS),
    ...checked(file?.get("downloads.webrtc.turn_servers"), TURN_URLS),
  ];
  const turns = urls.filter(isTurn);
  if (flags.turnSecretFile !== undefined && flags.iceCredentialsFile !== undefined) {
    throw new ConfigError("a TURN server has --ice-credentials-file or --turn-secret-file, not both");
  }
  if (turns.length === 0) {
    if (flags.turnSecretFile !== undefined) {
      throw new ConfigError("--turn-secret-file wants a TURN server: --ice-server turn:host:port");
    }
    return { iceServers: urls.map((url) => ({ urls: url })), turn: undefined };
  }
  const origin = given?.origin ?? file!.get("downloads.webrtc.turn_servers")!.origin;
  const user = await turnUser(
    fromFlag(flags.iceCredentialsFile, "--ice-credentials-file"),
    environment,
    file,
  );
  if (secret !== undefined && !(user !== undefined && goesBefore(user.origin, secret.origin))) {
    const others = urls.filter((url) => !isTurn(url));
    return { iceServers: others.map((url) => ({ urls: url })), turn: { urls: turns, ...secret.value } };
  }
  if (user === undefined) throw new ConfigError(wanted(origin), origin);
  keepSecret(user.value.credential);
  return {
    iceServers: urls.map((url) => isTurn(url) ? { urls: url, ...user.value } : { urls: url }),
    turn: undefined,
  };
}

const PLACES: readonly Origin["kind"][] = ["flag", "environment", "credential", "file"];

function goesBefore(one: Origin, other: Origin): boolean {
  return PLACES.indexOf(one.kind) < PLACES.indexOf(other.kind);
}

function isTurn(url: string): boolean {
  return /^turn/i.test(url);
}

function wanted(origin: Origin): string {
  return origin.kind === "flag"
    ? "a TURN server wants --ice-credentials-file, with username:credential on one line, or --turn-secret-file"
    : `${origin.name} wants turn_user and turn_pass, a turn_secret_file, or the credential turn-credentials or turn-secret`;
}

function checked(
  given: Given<readonly string[]> | undefined,
  { kinds, example }: typeof FLAG_URLS,
): readonly string[] {
  if (given === undefined) return [];
  for (const url of given.value) {
    if (!kinds.test(url) || !/^[a-z]+:[^\s@?]+(\?transport=(udp|tcp))?$/i.test(url)) {
      // Of a URL with an @ in it, a part may be a password.
      const shown = url.includes("@") ? "one with an @" : url;
      throw new ConfigError(`${given.origin.name} takes a URL like ${example}, not ${shown}`, given.origin);
    }
  }
  return given.value;
}

interface TurnUser {
  readonly username: string;
  readonly credential: string;
}

/** Who the box and its viewers are to every TURN server. */
async function turnUser(
  credentialsFile: Given<string> | undefined,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<Given<TurnUser> | undefined> {
  const text = credentialsFile !== undefined
    ? await readSecret(credentialsFile)
    : await readCredential(environment, "turn-credentials");
  if (text !== undefined) return parsed(text);
  const username = file?.get("downloads.webrtc.turn_user");
  if (username === undefined) return undefined;
  const credential = file?.get("downloads.webrtc.turn_pass");
  if (credential === undefined) {
    throw new ConfigError(`${username.origin.name} wants a turn_pass beside it`, username.origin);
  }
  return {
    value: { username: username.value, credential: credential.value },
    origin: username.origin,
  };
}

function parsed({ value, origin }: Given<string>): Given<TurnUser> {
  const [username, ...rest] = value.trim().split(":");
  if (!username || rest.length === 0) {
    throw new ConfigError(`${origin.name} holds no username:credential`, origin);
  }
  return { value: { username, credential: rest.join(":") }, origin };
}
