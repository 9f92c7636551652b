import type { RelayConfig } from "../config/config.ts";
import type { Daemon, Surroundings } from "./daemon.ts";
import { playerLink } from "./link.ts";
import { playerAssets } from "./player_assets.ts";
import type { ProgramFiles } from "../program/program_files.ts";
import {
  isRelayEvent,
  isRelayReady,
  RELAY_CONFINEMENT,
  type RelayDialogue,
} from "../relay/relay_messages.ts";
import type { SupervisedThread } from "../thread/supervised_thread.ts";
import { Supervisor } from "../thread/supervisor.ts";

/** Requests under way when the relay is to end have so long, in milliseconds. */
export const RELAY_STOP_MS = 3_000;

/**
 * Introduces boxes and browsers.
 *
 * @throws {ThreadError} for a port that cannot be had
 */
export async function startRelay(config: RelayConfig, { files, ...program }: Surroundings): Promise<Daemon> {
  const { logLevel } = program;
  const supervisor = new Supervisor({ logLevel, onfatal: ({ message }) => program.fail(message) });
  try {
    const relay = relayThread(supervisor, files, config);
    const { port } = await relay.start();
    program.out(playerLink(config.listen, port, config.viewerTokens[0]!));
    return {
      stop: async () => {
        await relay.stop(RELAY_STOP_MS);
        supervisor.close();
      },
    };
  } catch (error) {
    supervisor.close();
    throw error;
  }
}

/** A relay in a thread of its own; its replacements listen where it did. */
export function relayThread(
  supervisor: Supervisor,
  files: ProgramFiles,
  { listen, agentTokens, viewerTokens, iceServers }: RelayConfig,
): SupervisedThread<RelayDialogue> {
  const assets = playerAssets(files.player);
  // Who waits for them says so.
  assets.catch(() => {});
  let { port } = listen;
  return supervisor.thread<RelayDialogue>({
    name: "relay",
    url: files.threads.relay,
    confinement: RELAY_CONFINEMENT,
    options: async () => ({
      hostname: listen.hostname,
      port,
      agentTokens,
      viewerTokens,
      iceServers,
      assets: await assets,
    }),
    isReady: isRelayReady,
    isEvent: isRelayEvent,
  }, { ready: (value) => port = value.port });
}
