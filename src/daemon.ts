import { getLogger } from "@logtape/logtape";
import { agentIdentity } from "./identity.ts";
import {
  ConfigError,
  type ListenAddress,
  randomToken,
  type RelayConfig,
  type ServeConfig,
} from "./config.ts";
import { createRelay, type RelayOptions } from "./relay/app.ts";
import { playerAssets } from "./player_assets.ts";
import { useCrypto } from "./rtc/secure_channels.ts";
import { Agent } from "./serve/agent.ts";
import { Share } from "./serve/share.ts";

const log = getLogger("unarr");

/** Sessions of one viewer, where the relay tells viewers apart. */
const MAX_PER_VIEWER = 4;

/** A part of the program that runs until it is stopped. */
export interface Daemon {
  stop(): Promise<void>;
}

/**
 * Shares folders, with a relay of its own or through one elsewhere.
 *
 * @param out takes the line with the player's link
 * @param fail is called when the agent is refused for good
 * @throws {ConfigError} for a folder that cannot be shared or a port that cannot be had
 */
export async function startServe(
  config: ServeConfig,
  playerUrl: URL,
  out: (line: string) => void,
  fail: (message: string) => void,
): Promise<Daemon> {
  const share = await Share.of(config.directories).catch((error: Error) => {
    throw new ConfigError(error.message);
  });
  useCrypto(config.crypto);
  const embedded = config.remote === undefined ? await embed(config, playerUrl) : undefined;
  const { base, token } = config.remote ?? embedded!;
  const agent = new Agent({
    share,
    base,
    token,
    identity: await agentIdentity(share, token, config.name),
    iceServers: config.iceServers,
    maxSessions: config.maxSessions,
    maxPerViewer: MAX_PER_VIEWER,
    onrefused: (error) => fail(error.message),
    onregistered: () => {
      if (embedded !== undefined && !embedded.announced) {
        embedded.announced = true;
        out(embedded.link);
      }
    },
  });
  agent.start();
  return {
    stop: async () => {
      await agent.stop();
      await embedded?.server.stop();
    },
  };
}

/** Introduces boxes and browsers. */
export async function startRelay(
  config: RelayConfig,
  playerUrl: URL,
  out: (line: string) => void,
): Promise<Daemon> {
  const server = listen(config.listen, {
    agentTokens: config.agentTokens,
    viewerTokens: config.viewerTokens,
    iceServers: config.iceServers,
    assets: await playerAssets(playerUrl),
    log: relayLog,
  });
  out(link(config.listen, server.port, config.viewerTokens[0]!));
  return server;
}

interface Embedded {
  readonly base: string;
  readonly token: string;
  readonly link: string;
  readonly server: HttpServer;
  announced: boolean;
}

/** A relay for this box alone: its agent has a token that nobody else ever sees. */
async function embed(config: ServeConfig, playerUrl: URL): Promise<Embedded> {
  const token = randomToken();
  const server = listen(config.listen, {
    agentTokens: [token],
    viewerTokens: config.viewerTokens,
    iceServers: config.iceServers,
    assets: await playerAssets(playerUrl),
    log: relayLog,
  });
  return {
    base: `http://${urlHost(local(config.listen.hostname))}:${server.port}`,
    token,
    link: link(config.listen, server.port, config.viewerTokens[0]!),
    server,
    announced: false,
  };
}

interface HttpServer extends Daemon {
  readonly port: number;
}

function listen(address: ListenAddress, options: RelayOptions): HttpServer {
  const relay = createRelay(options);
  try {
    const server = Deno.serve({
      ...address,
      onListen: () => {},
      onError: (error) => {
        log.error("relay: {error}", { error: String(error) });
        return new Response(null, { status: 500 });
      },
    }, (request) => relay.fetch(request));
    return {
      port: server.addr.port,
      stop: async () => {
        relay.close();
        await server.shutdown();
      },
    };
  } catch (error) {
    throw listenError(error, address);
  }
}

function listenError(error: unknown, { hostname, port }: ListenAddress): Error {
  const where = `${urlHost(hostname)}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new Error(`${where} is taken by another program: choose another address with --listen`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new Error(`listening on ${where} is not permitted: choose a port above 1023 with --listen`);
  }
  return new Error(`cannot listen on ${where}: ${error instanceof Error ? error.message : String(error)}`);
}

/** The player's link. The token is in the fragment, which browsers send to no one. */
function link({ hostname }: ListenAddress, port: number, token: string): string {
  return `http://${urlHost(reachable(hostname))}:${port}/#token=${token}`;
}

/** Where a browser elsewhere would find a server that listens everywhere. */
function reachable(hostname: string): string {
  if (hostname !== "0.0.0.0" && hostname !== "::") return hostname;
  const own = Deno.networkInterfaces().find(({ address, family }) =>
    family === "IPv4" && !address.startsWith("127.") && !address.startsWith("169.254.")
  );
  return own?.address ?? local(hostname);
}

function local(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}

function urlHost(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

function relayLog(
  level: "debug" | "info" | "warn" | "error",
  message: string,
  properties: Record<string, unknown> = {},
): void {
  getLogger(["unarr", "relay"])[level](message, properties);
}
