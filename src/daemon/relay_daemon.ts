import { type ListenAddress, type RelayConfig, tokenOfLine } from "../config/config.ts";
import type { Instance } from "../life/instance_ports.ts";
import type { ProgramFiles } from "../program/program_files.ts";
import {
  type Admission,
  isRelayEvent,
  RELAY_CONFINEMENT,
  type RelayDialogue,
  type RelayThreadOptions,
} from "../relay/relay_messages.ts";
import { addSamples, type RelayFigures } from "../relay/relay_figures.ts";
import { isListening, type Listening } from "../thread/shapes.ts";
import type { SupervisedThread } from "../thread/supervised_thread.ts";
import { Supervisor } from "../thread/supervisor.ts";
import type { Daemon, Surroundings } from "./daemon.ts";
import { playerLink } from "./link.ts";
import { Monitor } from "./monitor.ts";
import { playerAssets } from "./player_assets.ts";

/** Requests under way when the relay is to end have so long after the drain, in milliseconds. */
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
    ontick: () => tell(),
  });
  let relay: RelayThread | undefined;
  let draining = false;
  const tell = () =>
    monitor?.tell({ registered: undefined, shareReadable: undefined, relay: relay?.figures, draining });
  try {
    const thread = relay = new RelayThread(supervisor, files, config.listen, config, {
      accessLog: config.accessLog,
      isMeasured: metrics !== undefined,
      drainMs: config.drainSeconds * 1_000,
    });
    const starting = thread.start();
    monitor = metrics && new Monitor(supervisor, files.threads.monitor, metrics, starting);
    const [{ port }] = await Promise.all([starting, monitor?.start()]);
    program.out(playerLink(config.listen, port, tokenOfLine(config.viewerTokens[0]!)));
    return {
      reload: (config) => {
        supervisor.logLevel = config.logLevel;
        thread.admit(config);
      },
      stop: async () => {
        draining = true;
        tell();
        await thread.stop();
        await monitor?.stop();
        supervisor.close();
      },
    };
  } catch (error) {
    supervisor.close();
    throw error;
  }
}

/** How a relay's thread serves, and how it ends. */
export type RelayManner = Pick<RelayThreadOptions, "accessLog" | "isMeasured" | "drainMs">;

/** Who has one box to serve waits for nobody. */
const OF_A_BOX: RelayManner = { accessLog: false, isMeasured: false, drainMs: 0 };

/** A relay in a thread of its own; its replacements listen where it did, and let in whom it last did. */
export class RelayThread {
  readonly #thread: SupervisedThread<RelayDialogue>;
  #admission: Admission;
  readonly #stopMs: number;
  /** Counters of threads that are no more. */
  #past: RelayFigures["counters"] = {};
  /** Of the thread that serves; undefined before it tells any. */
  #figures: RelayFigures | undefined;

  /**
   * @param manner how it serves and ends; as the relay of a box where it is left out
   * @param instance claimed before it listens, where it is to be; rejecting where that cannot be told
   * @param onplayer a browser has opened the player
   */
  constructor(
    supervisor: Supervisor,
    files: ProgramFiles,
    { hostname, port }: ListenAddress,
    admission: Admission,
    manner: RelayManner = OF_A_BOX,
    instance?: Promise<Instance | undefined>,
    onplayer: () => void = () => {},
  ) {
    this.#admission = admissionOf(admission);
    this.#stopMs = manner.drainMs + RELAY_STOP_MS;
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
        ...manner,
        ...this.#admission,
      }),
      isReady: isListening,
      isEvent: isRelayEvent,
    }, {
      ready: (value) => boundPort = value.port,
      event: (event) => {
        if (event.type === "figures") this.#figures = event.figures;
        else onplayer();
      },
      lost: () => {
        this.#past = addSamples(this.#past, this.#figures?.counters ?? {});
        this.#figures = undefined;
      },
    });
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

  /** What it has done, its predecessors included; undefined before it tells of it. */
  get figures(): RelayFigures | undefined {
    if (this.#figures === undefined) return undefined;
    return { ...this.#figures, counters: addSamples(this.#past, this.#figures.counters) };
  }

  stop(): Promise<void> {
    return this.#thread.stop(this.#stopMs);
  }
}

/** Nothing of a configuration but what the thread needs. */
function admissionOf({ agentTokens, viewerTokens, iceServers }: Admission): Admission {
  return { agentTokens, viewerTokens, iceServers };
}
