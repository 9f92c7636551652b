import * as v from "valibot";
import type { DispatchedSession } from "../signal/agent_api.ts";
import {
  AgentClient,
  type AgentIdentity,
  type AgentRefused,
  type AgentSettings,
} from "../signal/agent_client.ts";
import { SessionId } from "../signal/envelope.ts";
import { log } from "./log.ts";

export interface AgentOptions {
  /** The relay's address, without a slash at the end. */
  readonly base: string;
  readonly token: string;
  readonly identity: AgentIdentity;
  readonly settings?: Partial<AgentSettings>;
  /** A session that the relay lists; once for each time it does. */
  onsession(session: DispatchedSession): void;
  /** The relay will not have this agent, for good. Live sessions go on. */
  onrefused(error: AgentRefused): void;
  /** Registered, for the first time or again. */
  onregistered?(): void;
}

/** The box to the relay: registers, and hands on what the relay asks it to start. */
export class Agent {
  readonly #client: AgentClient;

  constructor({ base, token, identity, settings, ...on }: AgentOptions) {
    this.#client = new AgentClient({
      base,
      token,
      identity,
      ...(settings === undefined ? {} : { settings }),
      log: (level, message) => log[level]("{message}", { message }),
    });
    this.#client.onsession = (session) => {
      if (v.is(SessionId, session.sessionId)) on.onsession(session);
      else log.warn("a session with an id that is none was ignored");
    };
    this.#client.oninvalid = (id) => log.warn("a session that does not parse was left out", { session: id });
    this.#client.onrefused = (error) => on.onrefused(error);
    this.#client.onregistered = () => {
      log.info("registered as {agent} at {relay}", {
        agent: identity.agentId.slice(0, 8),
        relay: new URL(base).host,
      });
      on.onregistered?.();
    };
  }

  start(): void {
    this.#client.start();
  }

  /** Asks for no more sessions, then deregisters. */
  async stop(): Promise<void> {
    await this.#client.stop();
  }
}
