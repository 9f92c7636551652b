import * as v from "valibot";
import type { DispatchedSession } from "../signal/agent_api.ts";
import { AgentClient, type AgentIdentity } from "../signal/agent_client.ts";
import type { AgentSettings } from "../signal/agent_settings.ts";
import { SessionId } from "../signal/envelope.ts";
import type { AgentRefused } from "../signal/refusal.ts";
import { log, short } from "./log.ts";

/** A transport that is none: a session with it is refused, and its viewer told. */
const NO_TRANSPORT = "malformed";

/** Sessions that do not parse, for which there is a line each. */
const MAX_INVALID_LOGGED = 8;

export interface AgentOptions {
  /** The relay's address, without a slash at the end. */
  readonly base: string;
  /** Further addresses of the same relay. */
  readonly mirrors?: readonly string[];
  readonly token: string;
  readonly identity: AgentIdentity;
  readonly settings?: Partial<AgentSettings>;
  /** A session that the relay lists; once for each time it does. */
  onsession(session: DispatchedSession): void;
  /** The relay will not have this agent, for good. Live sessions go on. */
  onrefused(error: AgentRefused): void;
  /** Registered, for the first time or again. */
  onregistered?(): void;
  /** The relay has woken it, most likely for a session, which is asked for now. */
  onwoken?(): void;
}

/** The box to the relay: registers, and hands on what the relay asks it to start. */
export class Agent {
  readonly #client: AgentClient;
  #invalid = 0;

  constructor({ onsession, onrefused, onregistered, onwoken, ...options }: AgentOptions) {
    const { agentId } = options.identity;
    this.#client = new AgentClient({
      ...options,
      log: (level, message) => log[level]("{message}", { message }),
    });
    this.#client.onsession = (session) => {
      if (v.is(SessionId, session.sessionId)) onsession(session);
      else this.#warn("a session with an id that is none was ignored");
    };
    this.#client.oninvalid = (sessionId, base) => {
      if (!v.is(SessionId, sessionId)) return this.#warn("a session that does not parse was ignored");
      this.#warn("{session} does not parse and is refused", sessionId);
      onsession({ sessionId, transport: NO_TRANSPORT, base });
    };
    this.#client.onrefused = onrefused;
    if (onwoken !== undefined) this.#client.onwoken = onwoken;
    this.#client.onregistered = (base) => {
      log.info("registered as {agent} at {relay}", { agent: short(agentId), relay: new URL(base).host });
      onregistered?.();
    };
  }

  start(): void {
    this.#client.start();
  }

  /** Asks for no more sessions. */
  quiet(): void {
    this.#client.quiet();
  }

  /** Asks for no more sessions, then deregisters. */
  async stop(): Promise<void> {
    await this.#client.stop();
  }

  /** The relay lists a session again until it is started: that is not to fill the log. */
  #warn(message: string, sessionId = ""): void {
    if (++this.#invalid <= MAX_INVALID_LOGGED) log.warn(message, { session: short(sessionId) });
  }
}
