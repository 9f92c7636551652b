import { createRelay, type RelayOptions } from "../../src/relay/app.ts";
import { Authenticator } from "../../src/serve/authenticator.ts";
import type { SessionOptions } from "../../src/serve/session.ts";
import { Share } from "../../src/serve/share.ts";
import { InProcessAgent } from "./in_process_agent.ts";

export const AGENT_TOKEN = "agent-token-of-the-tests";
export const VIEWER_TOKEN = "viewer-token-of-the-tests";

/** A box without an identity of its own. */
const OPEN = { proofRequired: false, revoked: [] };

/** A relay on a port of its own, in this process, so that its times can be set. */
export class TestRelay implements AsyncDisposable {
  readonly #relay: ReturnType<typeof createRelay>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Requests so far, as `METHOD path`. */
  readonly requests: string[] = [];

  constructor(options: Partial<RelayOptions> = {}, port = 0) {
    const relay = this.#relay = createRelay({
      agentTokens: [AGENT_TOKEN],
      viewerTokens: [VIEWER_TOKEN],
      ...options,
    });
    this.#server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => {
      this.requests.push(`${request.method} ${new URL(request.url).pathname}`);
      return relay.fetch(request);
    });
  }

  get base(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get access(): { relay: string; token: string } {
    return { relay: this.base, token: VIEWER_TOKEN };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#relay.close();
    await this.#server.shutdown();
  }
}

/** A relay and an agent in this process, for tests that set times and limits. */
export class Box implements AsyncDisposable {
  readonly #agent: InProcessAgent;
  readonly #relay: TestRelay;

  private constructor(relay: TestRelay, agent: InProcessAgent) {
    this.#relay = relay;
    this.#agent = agent;
  }

  static async start(
    directory: string,
    options: Partial<SessionOptions> = {},
    relayOptions: Partial<RelayOptions> = {},
    authenticator: Authenticator = new Authenticator(crypto.getRandomValues(new Uint8Array(32)), OPEN),
  ): Promise<Box> {
    const relay = new TestRelay(relayOptions);
    const agent = new InProcessAgent({
      share: await Share.of([directory]),
      base: relay.base,
      token: AGENT_TOKEN,
      version: "0.0.0",
      iceServers: [],
      ...options,
    }, authenticator);
    await agent.start();
    return new Box(relay, agent);
  }

  get agent(): InProcessAgent {
    return this.#agent;
  }

  get requests(): readonly string[] {
    return this.#relay.requests;
  }

  get access(): { relay: string; token: string } {
    return this.#relay.access;
  }

  /** Ends the sessions and the agent; the relay stays. */
  stopAgent(): Promise<void> {
    return this.#agent.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.stop();
    await this.#relay[Symbol.asyncDispose]();
  }
}
