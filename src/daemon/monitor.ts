import { getLogger } from "@logtape/logtape";
import type { ListenAddress } from "../config/config.ts";
import { isMonitorEvent, MONITOR_CONFINEMENT, type MonitorDialogue } from "../monitoring/monitor_messages.ts";
import type { Snapshot } from "../monitoring/snapshot.ts";
import { COMMIT, VERSION } from "../program/version.ts";
import { isListening } from "../thread/shapes.ts";
import type { SupervisedThread } from "../thread/supervised_thread.ts";
import type { Supervisor } from "../thread/supervisor.ts";

/** Requests under way when it is to end have so long, in milliseconds. */
const STOP_MS = 500;

const BUILD = {
  version: VERSION,
  commit: COMMIT ?? "",
  runtime: `deno ${Deno.version.deno}`,
  startedAt: Date.now(),
};

/** Serves figures of the program to those who watch over it, in a thread of its own. */
export class Monitor {
  readonly #supervisor: Supervisor;
  readonly #thread: SupervisedThread<MonitorDialogue>;

  /**
   * @param url of the monitor's module
   * @param address where; its replacements listen where it did
   * @param claimed resolves once the program is known to be its only instance
   */
  constructor(supervisor: Supervisor, url: URL, address: ListenAddress, claimed: Promise<unknown>) {
    this.#supervisor = supervisor;
    let { port } = address;
    this.#thread = supervisor.thread<MonitorDialogue>({
      name: "monitor",
      url,
      confinement: MONITOR_CONFINEMENT,
      options: async () => {
        await claimed;
        return { hostname: address.hostname, port, build: BUILD };
      },
      isReady: isListening,
      isEvent: isMonitorEvent,
    }, { ready: (value) => port = value.port });
  }

  /** @throws {ThreadError} for an address that cannot be had */
  async start(): Promise<void> {
    const { port } = await this.#thread.start();
    getLogger(["unarr", "monitoring"]).info("metrics are served on port {port}", { port });
  }

  /** Tells how things are; to be called every 2 s. */
  tell(known: Pick<Snapshot, "registered" | "shareReadable"> & Partial<Snapshot>): void {
    this.#thread.tell({
      relay: undefined,
      draining: false,
      ...known,
      threads: this.#supervisor.threads,
      totals: this.#supervisor.totals,
      residentBytes: Deno.memoryUsage().rss,
    });
  }

  async stop(): Promise<void> {
    await this.#thread.stop(STOP_MS);
  }
}
