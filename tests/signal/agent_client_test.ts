import assert from "node:assert/strict";
import { AgentClient, type AgentRefused, type AgentSettings } from "../../src/signal/agent_client.ts";
import { type Asked, json, ScriptedServer } from "../support/scripted_server.ts";
import { within } from "../support/within.ts";

const QUICK: Partial<AgentSettings> = {
  syncMs: 60_000,
  watchedSyncMs: 50,
  registerWait: { firstMs: 20, maxMs: 100 },
  syncWait: { firstMs: 20, maxMs: 100 },
  wakeWait: { firstMs: 20, maxMs: 100 },
  wakeGapMs: 10,
  wakeTimeoutMs: 2_000,
};

const IDENTITY = { agentId: "a1", name: "box", version: "1.0.0", os: "linux", arch: "amd64" };

const named = (name: string) => ({ path }: Asked) => path.endsWith(`/${name}`);

function client(base: string, settings: Partial<AgentSettings> = {}) {
  const made = new AgentClient({
    base,
    token: "key",
    identity: IDENTITY,
    settings: { ...QUICK, ...settings },
  });
  const sessions: string[] = [];
  let wake = () => {};
  made.onsession = ({ sessionId }) => {
    sessions.push(sessionId);
    wake();
  };
  const dispatched = async (count: number) => {
    while (sessions.length < count) await new Promise<void>((resolve) => wake = resolve);
  };
  const refused = new Promise<AgentRefused>((resolve) => made.onrefused = resolve);
  return { made, sessions, refused, dispatched };
}

/** A relay whose wake stays open until `stop`, and whose other calls answer as given. */
function relay(answers: Record<string, (asked: Asked, index: number) => Response>) {
  const stop = Promise.withResolvers<Response>();
  const counts: Record<string, number> = {};
  const server = new ScriptedServer((asked) => {
    const name = asked.path.split("/").at(-1)!;
    const index = counts[name] = (counts[name] ?? -1) + 1;
    const answer = answers[name];
    if (answer !== undefined) return answer(asked, index);
    return name === "wake" ? stop.promise.then((response) => response.clone()) : json(200, {});
  });
  return { server, stop: () => stop.resolve(json(200, { wake: false })) };
}

Deno.test("agent: registers, syncs at once and keeps a wake open", async () => {
  const { server, stop } = relay({
    sync: () => json(200, { webrtcSessions: [{ sessionId: "s1" }, { sessionId: 7 }, { sessionId: "s2" }] }),
  });
  await using _ = server;
  const { made, sessions, dispatched } = client(server.base);
  const invalid: unknown[] = [];
  made.oninvalid = (id) => invalid.push(id);
  made.start();
  await within(5_000, "a wake", server.until(1, named("wake")));
  const [sync] = await within(5_000, "a sync", server.until(1, named("sync")));
  await within(5_000, "two sessions", dispatched(2));
  assert.deepEqual(JSON.parse(sync!.body), {
    ...IDENTITY,
    freeSlots: 0,
    tasks: [],
    canDelete: false,
    vpnActive: false,
  });
  assert.equal(sync!.headers.get("user-agent"), "unarr/1.0.0");
  stop();
  await made.stop();
  assert.deepEqual(sessions, ["s1", "s2"]);
  assert.equal(invalid.length, 1);
  assert.equal(server.asked.at(-1)!.path, "/api/internal/agent/deregister");
});

Deno.test("agent: a wake leads to a sync at once", async () => {
  const { server, stop } = relay({
    sync: (_, index) => json(200, { streamSessions: index === 0 ? [] : [{ sessionId: "s1" }] }),
    wake: (_, index) => json(200, { wake: index === 2 }),
  });
  await using _ = server;
  const { made, sessions, dispatched } = client(server.base);
  made.start();
  await within(5_000, "a second sync and its session", dispatched(1));
  stop();
  await made.stop();
  assert.deepEqual(sessions, ["s1"]);
});

Deno.test("agent: while watched it syncs often", async () => {
  const { server, stop } = relay({ sync: () => json(200, { watching: true }) });
  await using _ = server;
  const { made } = client(server.base);
  made.start();
  await within(5_000, "five syncs", server.until(5, named("sync")));
  stop();
  await made.stop();
});

Deno.test("agent: goes on registering while the relay is down, with growing waits", async () => {
  const { server, stop } = relay({ register: (_, index) => json(index < 6 ? 503 : 200, {}) });
  await using _ = server;
  const { made } = client(server.base);
  made.start();
  await within(5_000, "a sync", server.until(1, named("sync")));
  stop();
  await made.stop();
  assert.equal(server.asked.filter(named("register")).length, 7);
});

for (const status of [401, 403, 400]) {
  Deno.test(`agent: ${status} at registration is final`, async () => {
    const { server, stop } = relay({ register: () => json(status, { error: "no" }) });
    await using _ = server;
    const { made, refused } = client(server.base);
    made.start();
    assert.equal((await within(5_000, "the refusal", refused)).status, status);
    stop();
    await made.stop();
    assert.equal(server.asked.filter(named("register")).length, 1);
  });
}

Deno.test("agent: three refusals in a row after registration are final, one is not", async () => {
  const { server, stop } = relay({
    sync: (_, index) => json(index === 0 || index > 1 ? 401 : 200, {}),
  });
  await using _ = server;
  const { made, refused } = client(server.base, { syncMs: 20 });
  made.start();
  assert.equal((await within(5_000, "the refusal", refused)).status, 401);
  stop();
  await made.stop();
  assert.equal(server.asked.filter(named("sync")).length, 5);
});

for (const status of [404, 409]) {
  Deno.test(`agent: ${status} from sync leads to a new registration`, async () => {
    const { server, stop } = relay({ sync: (_, index) => json(index === 0 ? status : 200, {}) });
    await using _ = server;
    const { made } = client(server.base);
    made.start();
    await within(5_000, "the second sync", server.until(2, named("sync")));
    stop();
    await made.stop();
    assert.equal(server.asked.filter(named("register")).length, 2);
  });
}
