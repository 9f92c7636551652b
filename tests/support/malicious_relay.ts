import { createRelay, type RelayService } from "../../src/relay/app.ts";

const AGENT_TOKEN = "agent-token-of-the-malicious-relay";
const VIEWER_TOKEN = "viewer-token-of-the-malicious-relay";

/** One message, as its side says it or as the other hears it. */
export interface Said {
  readonly from: "browser" | "agent";
  readonly type: string;
  readonly payload: string;
}

/** What a message becomes on its way: itself, others, nothing. */
export type Change = (said: Said, sessionId: string) => readonly Said[] | Promise<readonly Said[]>;

const HONEST: Change = (said) => [said];
const SIGNAL = /^\/api\/internal\/stream\/signal\/([\w-]+)(\/events)?$/;

/** A relay that works, hears everything, changes what it likes, and speaks as whoever it likes. */
export class MaliciousRelay implements AsyncDisposable {
  readonly base: string;
  readonly agentToken = AGENT_TOKEN;
  readonly access: { relay: string; token: string };
  /** All that was said to it, before it changed anything. */
  readonly heard: (Said & { readonly sessionId: string })[] = [];
  change: Change = HONEST;
  /** The session that the box is told of by another id, where it is: the real one, and the one it hears. */
  renamed: { readonly real: string; readonly told: string } | undefined;
  readonly #relay: RelayService;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #watchers: (() => void)[] = [];
  #opening: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#relay = createRelay({
      agentTokens: [AGENT_TOKEN],
      viewerTokens: [VIEWER_TOKEN],
      limits: { postsPerSecond: 10_000, sessionBurst: 10_000 },
    });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#serve(request),
    );
    this.base = `http://127.0.0.1:${this.#server.addr.port}`;
    this.access = { relay: this.base, token: VIEWER_TOKEN };
  }

  /** The first thing said that fits, now or later. */
  async hears(fits: (said: Said & { readonly sessionId: string }) => boolean): Promise<Said> {
    for (;;) {
      const found = this.heard.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Makes a session of its own, as if a viewer had asked. */
  openSession(agentId: string, told?: string): Promise<string> {
    const opening = this.#open(agentId, told);
    this.#opening = opening.catch(() => {});
    return opening;
  }

  async #open(agentId: string, told: string | undefined): Promise<string> {
    const response = await this.#relay.fetch(
      new Request(`${this.base}/api/stream/sessions`, {
        method: "POST",
        headers: { authorization: `Bearer ${VIEWER_TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ agentId }),
      }),
    );
    if (response.status !== 201) throw new Error(`no session: ${response.status}`);
    const { sessionId } = await response.json();
    if (told !== undefined) this.renamed = { real: sessionId, told };
    return sessionId;
  }

  /** Says something in a session, unchanged. */
  async say(sessionId: string, said: Said): Promise<void> {
    const token = said.from === "agent" ? AGENT_TOKEN : VIEWER_TOKEN;
    const response = await this.#relay.fetch(
      new Request(`${this.base}/api/internal/stream/signal/${sessionId}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(said),
      }),
    );
    await response.body?.cancel();
  }

  async #serve(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === "/api/internal/agent/sync") return await this.#sync(request);
    const [, told, isEvents] = SIGNAL.exec(url.pathname) ?? [];
    if (told === undefined) return await this.#relay.fetch(request);
    const sessionId = told === this.renamed?.told && isAgents(request) ? this.renamed.real : told;
    if (isEvents) {
      url.pathname = url.pathname.replace(told, sessionId);
      return await this.#relay.fetch(new Request(url, request));
    }
    // What it says twice is to be two messages: the key by which a relay knows one that is sent again is left out.
    const { from, type, payload }: Said = await request.json();
    const said = { from, type, payload };
    this.heard.push({ ...said, sessionId });
    for (const wake of this.#watchers.splice(0)) wake();
    for (const each of await this.change(said, sessionId)) await this.say(sessionId, each);
    return Response.json({ ok: true });
  }

  async #sync(request: Request): Promise<Response> {
    const response = await this.#relay.fetch(request);
    // A session that is just being made has its other name before the box hears of it.
    await this.#opening;
    const text = await response.text();
    const { real, told } = this.renamed ?? {};
    const { status, headers } = response;
    return new Response(real === undefined ? text : text.replaceAll(real, told!), { status, headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#relay.close();
    await this.#server.shutdown();
  }
}

function isAgents(request: Request): boolean {
  return request.headers.get("authorization") === `Bearer ${AGENT_TOKEN}`;
}
