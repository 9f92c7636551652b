import { Agent } from "../../src/serve/agent.ts";
import type { Authenticator } from "../../src/serve/authenticator.ts";
import { Placement } from "../../src/serve/placement.ts";
import type { SessionOptions } from "../../src/serve/session.ts";
import { Sessions } from "../../src/serve/sessions.ts";
import type { DispatchedSession } from "../../src/signal/agent_api.ts";

const LIMITS = { maxSessions: 8, maxPerViewer: 4, maxEngines: 1, webrtc: true };

/** What the program spreads over threads, in this one: the agent, the placement and one engine's sessions. */
export class InProcessAgent {
  readonly sessions: {
    readonly count: number;
    dispatch(session: DispatchedSession): void;
  };
  readonly #agent: Agent;
  readonly #engine: Sessions;
  readonly #registered = Promise.withResolvers<void>();

  constructor(options: SessionOptions, authenticator: Authenticator) {
    const placement = new Placement(LIMITS, performance.now());
    const engine = this.#engine = new Sessions(options, authenticator);
    engine.onclosed = (id) => placement.closed(0, id, performance.now());
    engine.onproven = (id) => placement.proven(0, id);
    const dispatch = (session: DispatchedSession) => {
      const placing = placement.dispatch(session, performance.now());
      if (placing.type === "start") engine.start(session);
      else if (placing.type === "refuse") engine.refuse(session, placing.reason);
    };
    this.sessions = {
      get count() {
        return engine.count;
      },
      dispatch,
    };
    const { base, token, version } = options;
    this.#agent = new Agent({
      base,
      token,
      identity: { agentId: "box", name: "box", version, os: "linux", arch: "amd64" },
      onsession: dispatch,
      onrefused: (error) => this.#registered.reject(error),
      onregistered: () => this.#registered.resolve(),
    });
  }

  /** Resolves when it is registered. @throws {AgentRefused} */
  async start(): Promise<void> {
    this.#agent.start();
    await this.#registered.promise;
  }

  /** Ends all sessions, then deregisters. */
  async stop(): Promise<void> {
    await this.#engine.stop();
    await this.#agent.stop();
  }
}
