import {
  AgentClient,
  type AgentIdentity,
  type AgentRefused,
  type AgentSettings,
} from "../signal/agent_client.ts";
import { log } from "./log.ts";
import { Sessions, type SessionsOptions } from "./sessions.ts";

export interface AgentOptions extends Omit<SessionsOptions, "version"> {
  readonly identity: AgentIdentity;
  readonly agent?: Partial<AgentSettings>;
  /** The relay will not have this agent, for good. Live sessions go on until {@link Agent.stop}. */
  onrefused(error: AgentRefused): void;
  /** Registered, for the first time or again. */
  onregistered?(): void;
}

/** The box: what the relay asks it to start, and what it serves. */
export class Agent {
  readonly sessions: Sessions;
  readonly #client: AgentClient;

  constructor(options: AgentOptions) {
    const { identity, base, token } = options;
    this.sessions = new Sessions({ ...options, version: identity.version });
    this.#client = new AgentClient({
      base,
      token,
      identity,
      ...(options.agent === undefined ? {} : { settings: options.agent }),
      log: (level, message) => log[level]("{message}", { message }),
    });
    this.#client.onsession = (session) => this.sessions.dispatch(session);
    this.#client.oninvalid = (id) => log.warn("a session that does not parse was left out", { session: id });
    this.#client.onrefused = (error) => options.onrefused(error);
    this.#client.onregistered = () => {
      log.info("registered as {agent} at {relay}", {
        agent: identity.agentId.slice(0, 8),
        relay: new URL(base).host,
      });
      options.onregistered?.();
    };
  }

  start(): void {
    this.#client.start();
  }

  /** Ends all sessions, then deregisters. */
  async stop(): Promise<void> {
    await Promise.all([this.sessions.stop(), this.#client.stop()]);
  }
}
