/** The agent's calls as control-plane.md has them, the reference's habits included. */
import assert from "node:assert/strict";
import { MemoryStore } from "../../src/relay/memory_store.ts";
import { principalId } from "../../src/relay/tokens.ts";
import { AGENT, AGENT_ID, START, TestRelay, until, VIEWER } from "./support.ts";

const REGISTER = "/api/internal/agent/register";
const DEREGISTER = "/api/internal/agent/deregister";
const SYNC = "/api/internal/agent/sync";
const WAKE = "/api/internal/agent/wake";

async function online(relay: TestRelay, agentId = AGENT_ID): Promise<boolean | undefined> {
  const { body } = await relay.call(VIEWER, "GET", "/api/stream/agents");
  return body.agents.find((agent: { agentId: string }) => agent.agentId === agentId)?.online;
}

async function listed(relay: TestRelay): Promise<string[]> {
  const { status, body } = await relay.sync();
  assert.equal(status, 200);
  return body.webrtcSessions.map((session: { sessionId: string }) => session.sessionId);
}

Deno.test("the reference's own requests are accepted", async () => {
  await using relay = new TestRelay();
  const common = {
    agentId: AGENT_ID,
    name: "",
    os: "linux",
    arch: "amd64",
    version: "0.9.1-dev",
    downloadDir: "/srv/media",
    diskFreeBytes: 123_456_789_012,
    diskTotalBytes: 1_234_567_890_123,
    streamPort: 11_818,
    lanIp: "192.0.2.1",
    vpnActive: false,
  };
  const registered = await relay.call(AGENT, "POST", REGISTER, { ...common, hwAccel: "none", later: null });
  assert.equal(registered.status, 200);
  assert.equal(registered.body.success, true);
  const synced = await relay.call(AGENT, "POST", SYNC, {
    ...common,
    freeSlots: 3,
    tasks: null,
    canDelete: false,
    deleteConfirmed: [1, 2],
  });
  assert.equal(synced.status, 200);
  assert.deepEqual(synced.body, { webrtcSessions: [], watching: false });
  const left = await relay.call(AGENT, "POST", DEREGISTER, { agentId: AGENT_ID });
  assert.equal(left.status, 200);
  assert.equal(typeof left.body, "object");
});

Deno.test("a sync of an unknown agent counts as its registration", async () => {
  await using relay = new TestRelay();
  await relay.call(AGENT, "POST", SYNC, { agentId: AGENT_ID, name: "Box", tasks: [] });
  const { body } = await relay.call(VIEWER, "GET", "/api/stream/agents");
  assert.deepEqual(body.agents, [{ agentId: AGENT_ID, name: "Box", version: "", online: true }]);
});

Deno.test("a session is listed in every sync until the agent opens its stream", async () => {
  await using relay = new TestRelay();
  const id = await relay.session("films/a.mp4");
  const { body } = await relay.sync();
  assert.deepEqual(body.webrtcSessions, [{
    sessionId: id,
    transport: "webrtc",
    filePath: "films/a.mp4",
  }]);
  await (await relay.events(VIEWER, id)).close();
  assert.deepEqual(await listed(relay), [id]);
  await (await relay.events(AGENT, id)).close();
  assert.deepEqual(await listed(relay), []);
});

Deno.test("a session that nobody fetches is listed for 60 s and never again", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  relay.clock.now = START + 59_999;
  assert.deepEqual(await listed(relay), [id]);
  relay.clock.now = START + 60_000;
  assert.deepEqual(await listed(relay), []);
  assert.equal((await relay.post(VIEWER, id, "offer")).status, 200);
  assert.deepEqual(await listed(relay), []);
});

Deno.test("a deleted session is not listed", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`);
  assert.deepEqual(await listed(relay), []);
});

Deno.test("sessions are listed to their own agent only", async () => {
  await using relay = new TestRelay();
  await relay.session();
  assert.deepEqual((await relay.sync(AGENT, "another")).body.webrtcSessions, []);
});

Deno.test("a session without a path opens the library", async () => {
  await using relay = new TestRelay();
  await relay.sync();
  await relay.call(VIEWER, "POST", "/api/stream/sessions", {});
  assert.equal((await relay.sync()).body.webrtcSessions[0].filePath, "");
});

Deno.test("the viewer is named by its id, only where there are several", async () => {
  await using relay = new TestRelay({ viewerTokens: [VIEWER, "viewer-2", VIEWER] });
  await relay.sync();
  for (const token of [VIEWER, "viewer-2"]) await relay.call(token, "POST", "/api/stream/sessions", {});
  const { body } = await relay.sync();
  assert.deepEqual(body.webrtcSessions.map((session: { viewer: string }) => session.viewer), [
    principalId("viewer", VIEWER),
    principalId("viewer", "viewer-2"),
  ]);
});

Deno.test("a sync answer stays below what the reference reads, and the rest follows", async () => {
  await using relay = new TestRelay({ limits: { sessionBurst: 1_000 } });
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) ids.push(await relay.session("\u0001".repeat(4_096)));
  const { body } = await relay.sync();
  assert.ok(JSON.stringify(body).length < 1_048_576 / 2 + 100);
  const first: string[] = body.webrtcSessions.map((session: { sessionId: string }) => session.sessionId);
  assert.ok(first.length > 10 && first.length < 30);
  assert.deepEqual(first, ids.slice(0, first.length));
  for (const id of first) await (await relay.events(AGENT, id)).close();
  assert.deepEqual(await listed(relay), ids.slice(first.length));
});

Deno.test("watching is true for 30 s after any call of a viewer, also a refused one", async () => {
  await using relay = new TestRelay();
  assert.equal((await relay.sync()).body.watching, false);
  await relay.call("unknown", "GET", "/api/stream/agents");
  assert.equal((await relay.sync()).body.watching, false);
  await relay.call(VIEWER, "DELETE", "/api/stream/sessions/x");
  relay.clock.now += 30_000;
  assert.equal((await relay.sync()).body.watching, true);
  relay.clock.now += 1;
  assert.equal((await relay.sync()).body.watching, false);
});

Deno.test("a wake is held for its time and then says no", async () => {
  await using relay = new TestRelay({ times: { wake: 40 } });
  const started = performance.now();
  const { status, body } = await relay.call(AGENT, "GET", WAKE);
  assert.deepEqual({ status, body }, { status: 200, body: { wake: false } });
  assert.ok(performance.now() - started >= 35);
});

Deno.test("a new session releases every open wake of its agent's token, and no other token's", async () => {
  await using relay = new TestRelay({ agentTokens: [AGENT, "agent-2"], times: { wake: 600_000 } });
  await relay.sync();
  await relay.sync("agent-2", "other");
  const wakes = [relay.call(AGENT, "GET", WAKE), relay.call(AGENT, "GET", WAKE)];
  let otherReleased = false;
  const other = relay.call("agent-2", "GET", WAKE).then((answer) => {
    otherReleased = true;
    return answer;
  });
  relay.clock.now += 60_000;
  await until(async () => await online(relay) === true && await online(relay, "other") === true);
  await relay.session();
  assert.deepEqual((await Promise.all(wakes)).map(({ body }) => body), [{ wake: true }, { wake: true }]);
  assert.equal(otherReleased, false);
  relay.service.close();
  assert.deepEqual((await other).body, { wake: false });
});

Deno.test("a session made while no wake is open answers the next one at once, and only that", async () => {
  await using relay = new TestRelay({ times: { wake: 30 } });
  await relay.session();
  await relay.session();
  assert.deepEqual((await relay.call(AGENT, "GET", WAKE)).body, { wake: true });
  assert.deepEqual((await relay.call(AGENT, "GET", WAKE)).body, { wake: false });
});

Deno.test("a wake whose client went away does not swallow the next event", async () => {
  await using relay = new TestRelay({ times: { wake: 600_000 } });
  await relay.sync();
  relay.clock.now += 60_000;
  const client = new AbortController();
  const gone = fetch(relay.url + WAKE, {
    headers: { Authorization: `Bearer ${AGENT}` },
    signal: client.signal,
  }).catch(() => undefined);
  await until(async () => await online(relay) === true);
  client.abort();
  await gone;
  await until(async () => await online(relay) === false);
  await relay.session();
  assert.deepEqual((await relay.call(AGENT, "GET", WAKE)).body, { wake: true });
});

Deno.test("a wake that comes in the moment its client leaves is kept for the next request", async () => {
  const store = new MemoryStore();
  const client = new AbortController();
  const racing = new Proxy(store, {
    get: (target, name) => {
      if (name === "awaitWake") {
        return async (owner: string, signal: AbortSignal) => {
          const woken = await target.awaitWake(owner, signal);
          client.abort();
          return woken;
        };
      }
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await using relay = new TestRelay({ store: racing });
  await store.wake(principalId("agent", AGENT));
  const request = new Request(relay.url + WAKE, {
    headers: { Authorization: `Bearer ${AGENT}` },
    signal: client.signal,
  });
  await (await relay.service.fetch(request)).body?.cancel();
  assert.ok(client.signal.aborted);
  assert.equal(await store.awaitWake(principalId("agent", AGENT), AbortSignal.timeout(1_000)), true);
});

Deno.test("an agent is online for 30 s after a sync, or while a wake of it is open", async () => {
  await using relay = new TestRelay({ times: { wake: 600_000 } });
  await relay.call(AGENT, "POST", REGISTER, { agentId: AGENT_ID });
  assert.equal(await online(relay), false);
  await relay.sync();
  relay.clock.now += 30_000;
  assert.equal(await online(relay), true);
  relay.clock.now += 1;
  assert.equal(await online(relay), false);
  const wake = relay.call(AGENT, "GET", WAKE);
  await until(async () => await online(relay) === true);
  relay.service.close();
  await wake;
});

Deno.test("an open wake says nothing of one agent among several of its token", async () => {
  await using relay = new TestRelay({ times: { wake: 600_000 } });
  await relay.sync(AGENT, "one");
  const wake = relay.call(AGENT, "GET", WAKE);
  relay.clock.now += 30_001;
  await until(async () => await online(relay, "one") === true);
  await relay.sync(AGENT, "two");
  assert.equal(await online(relay, "one"), false);
  assert.equal(await online(relay, "two"), true);
  relay.service.close();
  await wake;
});

Deno.test("a last sync that arrives after the deregister does not bring the agent back", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  await relay.call(AGENT, "POST", DEREGISTER, { agentId: AGENT_ID });
  relay.clock.now += 4_999;
  const { status, body } = await relay.sync();
  assert.deepEqual({ status, body }, { status: 200, body: { webrtcSessions: [], watching: false } });
  assert.equal(await online(relay), false);
  relay.clock.now += 1;
  assert.deepEqual(await listed(relay), [id]);
  assert.equal(await online(relay), true);
});

Deno.test("a register after the deregister counts at once", async () => {
  await using relay = new TestRelay();
  await relay.sync();
  await relay.call(AGENT, "POST", DEREGISTER, { agentId: AGENT_ID });
  await relay.call(AGENT, "POST", REGISTER, { agentId: AGENT_ID });
  await relay.sync();
  assert.equal(await online(relay), true);
});
