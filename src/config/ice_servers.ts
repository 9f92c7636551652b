import { keepSecret } from "../program/redaction.ts";
import type { IceServer } from "../signal/relay_api.ts";
import type { ConfigFile } from "./config_file.ts";
import type { Environment } from "./environment.ts";
import { ConfigError, fromFlag, type Given, type Origin } from "./origin.ts";
import { readCredential, readSecret } from "./secrets.ts";

export interface IceFlags {
  readonly iceServer?: string[];
  readonly iceCredentialsFile?: string;
}

/** What one list may hold: its URLs, and a sentence's example of them. */
const FLAG_URLS = { kinds: /^(stun|turn)s?:/i, example: "stun:host:port or turn:host:port" };
const STUN_URLS = { kinds: /^stuns?:/i, example: "stun:host:port" };
const TURN_URLS = { kinds: /^turns?:/i, example: "turn:host:port" };

/**
 * STUN and TURN servers, for box and browser: those of the command line, else those of the file.
 *
 * @throws {ConfigError}
 */
export async function iceServers(
  flags: IceFlags,
  environment: Environment,
  file: ConfigFile | undefined,
): Promise<IceServer[]> {
  const given = fromFlag(flags.iceServer, "--ice-server");
  const urls = given !== undefined ? checked(given, FLAG_URLS) : [
    ...checked(file?.get("downloads.webrtc.stun_servers"), STUN_URLS),
    ...checked(file?.get("downloads.webrtc.turn_servers"), TURN_URLS),
  ];
  if (!urls.some(isTurn)) return urls.map((url) => ({ urls: url }));
  const origin = given?.origin ?? file!.get("downloads.webrtc.turn_servers")!.origin;
  const user = await turnUser(
    fromFlag(flags.iceCredentialsFile, "--ice-credentials-file"),
    environment,
    file,
  );
  if (user === undefined) throw new ConfigError(wanted(origin), origin);
  keepSecret(user.credential);
  return urls.map((url) => isTurn(url) ? { urls: url, ...user } : { urls: url });
}

function isTurn(url: string): boolean {
  return /^turn/i.test(url);
}

function wanted(origin: Origin): string {
  return origin.kind === "flag"
    ? "a TURN server wants --ice-credentials-file, with username:credential on one line"
    : `${origin.name} wants turn_user and turn_pass, or the credential turn-credentials`;
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
): Promise<TurnUser | undefined> {
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
  return { username: username.value, credential: credential.value };
}

function parsed({ value, origin }: Given<string>): TurnUser {
  const [username, ...rest] = value.trim().split(":");
  if (!username || rest.length === 0) {
    throw new ConfigError(`${origin.name} holds no username:credential`, origin);
  }
  return { username, credential: rest.join(":") };
}
