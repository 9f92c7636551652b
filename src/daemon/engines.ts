import { getLogger } from "@logtape/logtape";
import {
  engineConfinement,
  type EngineDialogue,
  type EngineOptions,
  isEngineEvent,
  isEngineReady,
} from "../serve/engine_messages.ts";
import { Placement, type PlacementLimits } from "../serve/placement.ts";
import type { DispatchedSession } from "../signal/agent_api.ts";
import type { SupervisedThread } from "../thread/supervised_thread.ts";
import type { Supervisor } from "../thread/supervisor.ts";

const log = getLogger(["unarr", "serve"]);

/** Sessions have 3 s to end; what an engine needs beyond that is not waited for. In milliseconds. */
const STOP_MS = 4_000;

export interface EnginesOptions {
  readonly supervisor: Supervisor;
  /** The module of an engine. */
  readonly url: URL;
  readonly limits: PlacementLimits;
  /** What the first is started with. */
  readonly options: EngineOptions;
  /** Milliseconds; only differences count. */
  readonly now?: () => number;
}

/** The engines, and which of them runs a session: as many as there is work for. */
export class Engines {
  readonly #supervisor: Supervisor;
  readonly #url: URL;
  /** The placement looks here each time. */
  readonly #limits: { -readonly [K in keyof PlacementLimits]: PlacementLimits[K] };
  readonly #placement: Placement;
  readonly #now: () => number;
  readonly #threads = new Map<number, SupervisedThread<EngineDialogue>>();
  /** What each is started with. */
  #options: EngineOptions;
  #stopping = false;

  constructor({ supervisor, url, limits, options, now }: EnginesOptions) {
    this.#supervisor = supervisor;
    this.#url = url;
    this.#limits = { ...limits };
    this.#options = options;
    this.#now = now ?? (() => performance.now());
    this.#placement = new Placement(this.#limits, this.#now());
  }

  /** Sessions that live, on all of them. */
  get sessions(): number {
    return this.#placement.sessions;
  }

  /**
   * Starts the one that is always there.
   *
   * @throws {ThreadError} where it cannot be started
   */
  async start(): Promise<void> {
    await this.#thread(0).start();
  }

  /** Somebody is about to watch: what the first session needs is loaded meanwhile. */
  prepare(): void {
    if (!this.#stopping) this.#threads.get(0)?.tell({ type: "prepare" });
  }

  /** Takes a session that the relay lists. */
  dispatch(session: DispatchedSession): void {
    if (this.#stopping) return;
    const placing = this.#placement.dispatch(session, this.#now());
    const { sessionId } = session;
    switch (placing.type) {
      case "start":
        log.debug("engine {number} is given {session}", {
          number: placing.engine + 1,
          session: sessionId.slice(0, 8),
        });
        return this.#running(placing.engine).tell({ type: "start", session });
      case "refuse":
        return this.#running(placing.engine).tell({ type: "refuse", session, reason: placing.reason });
      case "untold":
        return log.warn("{session} refused: {reason}, untold", {
          session: sessionId.slice(0, 8),
          reason: placing.reason,
        });
      case "later":
        return log.warn("{session} waits: no engine is running", { session: sessionId.slice(0, 8) });
    }
  }

  /** Takes over other bounds and servers, for sessions that start from here on, and who is let in, for all. */
  reload(
    limits: Partial<PlacementLimits>,
    { iceServers, access }: Pick<EngineOptions, "iceServers" | "access">,
  ): void {
    Object.assign(this.#limits, limits);
    this.#options = { ...this.#options, iceServers, access };
    for (const thread of this.#threads.values()) {
      thread.tell({ type: "ice-servers", iceServers });
      thread.tell({ type: "access", access });
    }
  }

  /** Ends engines that nobody needs; to be called now and then. */
  trim(): void {
    for (const number of this.#placement.takeIdle(this.#now())) {
      const thread = this.#threads.get(number);
      this.#threads.delete(number);
      log.debug("engine {number} ends: nobody needs it", { number: number + 1 });
      void thread?.stop(STOP_MS);
    }
  }

  /** Ends all sessions, then the engines. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#threads.values()].map((thread) => thread.stop(STOP_MS)));
  }

  /** An engine's thread, which is started where it is not there yet. */
  #running(number: number): SupervisedThread<EngineDialogue> {
    const known = this.#threads.get(number);
    if (known !== undefined) return known;
    const thread = this.#thread(number);
    log.debug("engine {number} starts", { number: number + 1 });
    thread.start().catch((error: Error) => {
      if (this.#threads.get(number) !== thread) return;
      this.#threads.delete(number);
      this.#lost(number, this.#placement.gone(number, this.#now()));
      log.error("{error}", { error: error.message });
    });
    return thread;
  }

  #thread(number: number): SupervisedThread<EngineDialogue> {
    const thread = this.#supervisor.thread<EngineDialogue>({
      name: `engine ${number + 1}`,
      url: this.#url,
      confinement: engineConfinement(this.#options.roots),
      options: () => this.#options,
      isReady: isEngineReady,
      isEvent: isEngineEvent,
    }, {
      ready: () => this.#placement.up(number),
      event: ({ type, sessionId }) => {
        if (type === "proven") this.#placement.proven(number, sessionId);
        else this.#placement.closed(number, sessionId, this.#now());
      },
      lost: () => this.#lost(number, this.#placement.down(number, this.#now())),
    });
    this.#threads.set(number, thread);
    return thread;
  }

  #lost(number: number, sessions: number): void {
    if (sessions > 0) {
      log.warn("engine {number} took {sessions} sessions along", { number: number + 1, sessions });
    }
  }
}
