/** The end of a relay's process: what it has begun comes to its end, and who asks for readiness hears of it first. */
import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";
import { FULL } from "../support/extent.ts";

const KEY = "agent-token-of-the-tests";
const AGENT_ID = "11111111-2222-3333-4444-555555555555";
const SIGNAL = "/api/internal/stream/signal";

/** A relay's process with one session. */
class Relayed implements AsyncDisposable {
  private constructor(
    readonly program: Program,
    readonly dir: TempDir,
    readonly base: string,
    readonly viewer: string,
  ) {}

  static async start(...options: string[]): Promise<Relayed> {
    const dir = await TempDir.make();
    const keys = await dir.put("keys", KEY);
    const args = ["relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys, ...options];
    const program = await Program.start(args);
    const { relay, token } = await program.access();
    return new Relayed(program, dir, relay, token);
  }

  call(token: string, method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(this.base + path, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async session(): Promise<string> {
    await (await this.call(KEY, "POST", "/api/internal/agent/sync", { agentId: AGENT_ID })).json();
    const made = await this.call(this.viewer, "POST", "/api/stream/sessions", {});
    assert.equal(made.status, 201);
    const { sessionId } = await made.json();
    // The session's own wake, so that the next one is held.
    await (await this.call(KEY, "GET", "/api/internal/agent/wake")).json();
    return sessionId;
  }

  post(sessionId: string, payload: string): Promise<Response> {
    const body = { from: "browser", type: "offer", payload };
    return this.call(this.viewer, "POST", `${SIGNAL}/${sessionId}`, body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await this.dir[Symbol.asyncDispose]();
  }
}

Deno.test({
  name: "drain: a wake is answered at once, an event stream goes on, readiness says so, then it ends with 0",
  // A stream has 25 s.
  ignore: !FULL,
  async fn() {
    await using relay = await Relayed.start("--drain", "60");
    const id = await relay.session();
    assert.equal((await (await relay.call(relay.viewer, "GET", "/readyz")).json()).ready, true);
    const held = relay.call(KEY, "GET", "/api/internal/agent/wake").then((response) => response.json());
    const events = await relay.call(KEY, "GET", `${SIGNAL}/${id}/events`);
    const text = readAll(events);
    await (await relay.post(id, "before")).body?.cancel();
    relay.program.signal("SIGTERM");
    assert.deepEqual(await within(30_000, "the wake's answer", held), { wake: false });
    // Who asks for readiness is served on until it can know.
    const ready = await relay.call(relay.viewer, "GET", "/readyz");
    assert.deepEqual([ready.status, await ready.json()], [503, { ready: false }]);
    const posted = await relay.post(id, "meanwhile");
    assert.deepEqual([posted.status, posted.headers.get("connection")], [200, "close"]);
    await posted.body?.cancel();
    // The stream has its own end, 25 s after it began, and is not cut.
    const received = await within(60_000, "the end of the event stream", text);
    assert.match(received, /"payload":"before"[\s\S]*"payload":"meanwhile"/);
    assert.ok(received.endsWith("\n\n"), received.slice(-40));
    const ended = await within(60_000, "the end", relay.program.ended());
    assert.equal(ended.code, 0, ended.err);
    await assert.rejects(relay.call(relay.viewer, "GET", "/readyz"));
  },
});

Deno.test("drain: it is bounded, and the stream that is left ends between two events", async () => {
  await using relay = await Relayed.start("--drain", "1");
  const id = await relay.session();
  const text = readAll(await relay.call(KEY, "GET", `${SIGNAL}/${id}/events`));
  await (await relay.post(id, "before")).body?.cancel();
  const began = performance.now();
  relay.program.signal("SIGTERM");
  const received = await within(30_000, "the end of the event stream", text);
  // Well before the stream's own end.
  assert.ok(performance.now() - began < 20_000);
  assert.ok(received.includes("before") && received.endsWith("\n\n"), received);
  assert.equal((await within(30_000, "the end", relay.program.ended())).code, 0);
});

Deno.test("drain: a second signal ends it at once", async () => {
  await using relay = await Relayed.start("--drain", "60", "--log-level", "debug");
  const id = await relay.session();
  const events = await relay.call(KEY, "GET", `${SIGNAL}/${id}/events`);
  // Who has been asked for readiness takes connections for a while, should the wake come behind the signal.
  await (await relay.call(relay.viewer, "GET", "/readyz")).body?.cancel();
  const held = relay.call(KEY, "GET", "/api/internal/agent/wake");
  relay.program.signal("SIGTERM");
  await (await within(30_000, "the wake's answer", held)).body?.cancel();
  relay.program.signal("SIGTERM");
  assert.equal((await within(15_000, "the end", relay.program.ended())).code, 130);
  await events.body?.cancel().catch(() => {});
});

Deno.test("drain: metrics tell of it, and of what the relay did", async () => {
  await using relay = await Relayed.start("--drain", "60", "--metrics", "127.0.0.1:0", "--access-log");
  const line = await relay.program.logged(/metrics are served on port \d+/);
  const base = `http://127.0.0.1:${/port (\d+)/.exec(line)![1]}`;
  const until = async (path: string, fits: (text: string, status: number) => boolean) => {
    const look = async () => {
      for (;;) {
        const response = await fetch(base + path);
        if (fits(await response.text(), response.status)) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    await within(30_000, path, look());
  };
  const id = await relay.session();
  await until("/metrics", (text) => /^unarr_relay_sessions_opened_total 1$/m.test(text));
  await until("/metrics", (text) => /^unarr_relay_agents_online 1$/m.test(text));
  await until("/readyz", (_, status) => status === 200);
  await relay.program.logged(/POST \/api\/stream\/sessions 201 \d+ ms \d+ bytes viewer [0-9a-f]{12}/);
  const events = await relay.call(KEY, "GET", `${SIGNAL}/${id}/events`);
  relay.program.signal("SIGTERM");
  await until("/readyz", (text, status) => status === 503 && text.includes('"staying":false'));
  await until("/metrics", (text) => /^unarr_relay_draining 1$/m.test(text));
  await events.body?.cancel();
  assert.equal((await within(60_000, "the end", relay.program.ended())).code, 0);
  const log = relay.program.log.join("\n");
  for (const secret of [KEY, relay.viewer, id, AGENT_ID]) assert.ok(!log.includes(secret), log);
});

async function readAll(response: Response): Promise<string> {
  assert.equal(response.status, 200);
  return await response.text();
}
