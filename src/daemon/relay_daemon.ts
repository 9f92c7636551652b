import { type ListenAddress, type RelayConfig, tokenOfLine } from "../config/config.ts";
import type { Instance } from "../life/instance_ports.ts";
import type { ProgramFiles } from "../program/program_files.ts";
import {
  type Admission,
  isRelayEvent,
  RELAY_CONFINEMENT,
  type RelayDialogue,
  type SharedStore,
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

/** A box's own relay knows that box, and those of before whose id was another. */
const MAX_OWN_AGENTS = 1_000;

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
  let relay: RelayThread | undefined;
  const supervisor = new Supervisor({
    logLevel: program.logLevel,
    onfatal: ({ message }) => program.fail(message),
    ontick: () => tell(),
  });
  let draining = false;
  const tell = () =>
    monitor?.tell({
      registered: undefined,
      shareReadable: undefined,
      storeReachable: relay?.storeReachable,
      relay: relay?.figures,
      draining,
    });
  try {
    const thread = relay = new RelayThread(supervisor, files, config.listen, config, {
      store: config.store,
      accessLog: config.accessLog,
      maxAgents: config.maxAgents,
      isMeasured: metrics !== undefined,
      drainMs: config.drainSeconds * 1_000,
    });
    const starting = thread.start();
    monitor = metrics && new Monitor(supervisor, files.threads.monitor, metrics, starting);
    const [{ port }] = await Promise.all([starting, monitor?.start()]);
    program.out(playerLink(config.listen, port, { token: tokenOfLine(config.viewerTokens[0]!) }));
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

/** How a relay's thread serves, and how it ends; what is left out is as for one box. */
export interface RelayThreadOptions {
  /** Claimed before it listens, where it is to be; rejecting where that cannot be told. */
  readonly instance?: Promise<Instance | undefined> | undefined;
  /** Where it keeps what it shares with others. */
  readonly store?: SharedStore | undefined;
  /** Whether each request makes a line of the log. */
  readonly accessLog?: boolean;
  /** Boxes that it remembers, at most. */
  readonly maxAgents?: number;
  /** Whether it tells of what it does. */
  readonly isMeasured?: boolean;
  /** Event streams may come to their end for so long when it is to stop, in milliseconds. */
  readonly drainMs?: number;
  /** A browser has opened the player. */
  readonly onplayer?: () => void;
}

/** A relay in a thread of its own; its replacements listen where it did, and let in whom it last did. */
export class RelayThread {
  readonly #thread: SupervisedThread<RelayDialogue>;
  #admission: Admission;
  readonly #stopMs: number;
  /** Counters of threads that are no more. */
  #past: RelayFigures["counters"] = {};
  /** Of the thread that serves; undefined before it tells any. */
  #figures: RelayFigures | undefined;
  #storeReachable: boolean | undefined;

  constructor(
    supervisor: Supervisor,
    files: ProgramFiles,
    { hostname, port }: ListenAddress,
    admission: Admission,
    options: RelayThreadOptions = {},
  ) {
    this.#admission = admissionOf(admission);
    const { instance, store, accessLog = false, isMeasured = false, drainMs = 0 } = options;
    const { maxAgents = MAX_OWN_AGENTS, onplayer = () => {} } = options;
    this.#stopMs = drainMs + RELAY_STOP_MS;
    const assets = playerAssets(files.player);
    // Who waits for them says so.
    assets.catch(() => {});
    let boundPort = port;
    let hasServed = false;
    this.#thread = supervisor.thread<RelayDialogue>({
      name: "relay",
      url: store === undefined ? files.threads.relay : files.threads.redisRelay,
      confinement: RELAY_CONFINEMENT,
      options: async () => ({
        hostname,
        port: boundPort,
        instance: await instance,
        store,
        // What is wrong with a store shows at the start; later it may be away for a while.
        patient: hasServed,
        assets: await assets,
        accessLog,
        maxAgents,
        isMeasured,
        drainMs,
        ...this.#admission,
      }),
      isReady: isListening,
      isEvent: isRelayEvent,
    }, {
      ready: (value) => {
        boundPort = value.port;
        hasServed = true;
      },
      event: (event) => {
        if (event.type === "store") this.#storeReachable = event.reachable;
        else if (event.type === "figures") this.#figures = event.figures;
        else onplayer();
      },
      lost: () => {
        this.#storeReachable = store && false;
        this.#past = addSamples(this.#past, this.#figures?.counters ?? {});
        this.#figures = undefined;
      },
    });
  }

  /** Whether the store that it shares with others answers; undefined where it has none. */
  get storeReachable(): boolean | undefined {
    return this.#storeReachable;
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
function admissionOf({ agentTokens, viewerTokens, iceServers, turn, trustProxy }: Admission): Admission {
  return { agentTokens, viewerTokens, iceServers, turn, trustProxy };
}
