import type { ListenAddress, RelayConfig } from "../config/config.ts";
import type { Instance } from "../life/instance_ports.ts";
import type { ProgramFiles } from "../program/program_files.ts";
import {
  type Admission,
  isRelayEvent,
  RELAY_CONFINEMENT,
  type RelayDialogue,
} from "../relay/relay_messages.ts";
import { isListening, type Listening } from "../thread/shapes.ts";
import type { SupervisedThread } from "../thread/supervised_thread.ts";
import { Supervisor } from "../thread/supervisor.ts";
import type { Daemon, Surroundings } from "./daemon.ts";
import { playerLink } from "./link.ts";
import { Monitor } from "./monitor.ts";
import { playerAssets } from "./player_assets.ts";

/** Requests under way when the relay is to end have so long, in milliseconds. */
const RELAY_STOP_MS = 3_000;

/**
 * Introduces boxes and browsers.
 *
 * @throws {ThreadError} for a port that cannot be had
 */
export async function startRelay(
  config: RelayConfig,
  { files, metrics, ...program }: Surroundings,
): Promise<Daemon<RelayConfig>> {
  let monitor: Monitor | undefined;
  const supervisor = new Supervisor({
    logLevel: program.logLevel,
    onfatal: ({ message }) => program.fail(message),
    ontick: () => monitor?.tell({ registered: undefined, shareReadable: undefined }),
  });
  try {
    const relay = new RelayThread(supervisor, files, config.listen, config);
    const starting = relay.start();
    monitor = metrics && new Monitor(supervisor, files.threads.monitor, metrics, starting);
    const [{ port }] = await Promise.all([starting, monitor?.start()]);
    program.out(playerLink(config.listen, port, { token: config.viewerTokens[0]! }));
    return {
      reload: (config) => {
        supervisor.logLevel = config.logLevel;
        relay.admit(config);
      },
      stop: async () => {
        await relay.stop();
        await monitor?.stop();
        supervisor.close();
      },
    };
  } catch (error) {
    supervisor.close();
    throw error;
  }
}

/** A relay in a thread of its own; its replacements listen where it did, and let in whom it last did. */
export class RelayThread {
  readonly #thread: SupervisedThread<RelayDialogue>;
  #admission: Admission;

  /**
   * @param instance claimed before it listens, where it is to be; rejecting where that cannot be told
   * @param onplayer a browser has opened the player
   */
  constructor(
    supervisor: Supervisor,
    files: ProgramFiles,
    { hostname, port }: ListenAddress,
    admission: Admission,
    instance?: Promise<Instance | undefined>,
    onplayer: () => void = () => {},
  ) {
    this.#admission = admissionOf(admission);
    const assets = playerAssets(files.player);
    // Who waits for them says so.
    assets.catch(() => {});
    let boundPort = port;
    this.#thread = supervisor.thread<RelayDialogue>({
      name: "relay",
      url: files.threads.relay,
      confinement: RELAY_CONFINEMENT,
      options: async () => ({
        hostname,
        port: boundPort,
        instance: await instance,
        assets: await assets,
        ...this.#admission,
      }),
      isReady: isListening,
      isEvent: isRelayEvent,
    }, { ready: (value) => boundPort = value.port, event: onplayer });
  }

  /** @throws {ThreadError} for a port that cannot be had, or where the instance runs already */
  start(): Promise<Listening> {
    return this.#thread.start();
  }

  /** Lets in others from here on. */
  admit(admission: Admission): void {
    this.#admission = admissionOf(admission);
    this.#thread.tell(this.#admission);
  }

  stop(): Promise<void> {
    return this.#thread.stop(RELAY_STOP_MS);
  }
}

/** Nothing of a configuration but what the thread needs. */
function admissionOf({ agentTokens, viewerTokens, iceServers }: Admission): Admission {
  return { agentTokens, viewerTokens, iceServers };
}
