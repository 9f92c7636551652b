/** The table of statuses in relay.md, row by row, and the one shape of every error. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { AgentList, CreatedSession } from "../../src/signal/relay_api.ts";
import {
  AGENT,
  AGENT_ID,
  assertError,
  assertRetryAfter,
  signal,
  START,
  TestRelay,
  VIEWER,
} from "./support.ts";

const SESSIONS = "/api/stream/sessions";

Deno.test("200: healthz needs no token", async () => {
  await using relay = new TestRelay();
  const { status, body } = await relay.call(undefined, "GET", "/healthz");
  assert.deepEqual({ status, body }, { status: 200, body: { status: "ok" } });
});

Deno.test("200: the agents, with what they said of themselves", async () => {
  await using relay = new TestRelay();
  const agent = { agentId: AGENT_ID, name: "Box", version: "1.2.3", os: "linux", unknown: { field: [1] } };
  assert.equal((await relay.call(AGENT, "POST", "/api/internal/agent/register", agent)).status, 200);
  await relay.sync();
  const { status, body } = await relay.call(VIEWER, "GET", "/api/stream/agents");
  assert.equal(status, 200);
  assert.deepEqual(v.parse(AgentList, body), {
    agents: [{ agentId: AGENT_ID, name: "Box", version: "1.2.3", online: true }],
  });
});

Deno.test("201: a session, with a random id, the ICE servers and its end", async () => {
  const iceServers = [{ urls: ["turn:turn.example:3478"], username: "u", credential: "c" }];
  await using relay = new TestRelay({ iceServers });
  await relay.sync();
  const { status, body } = await relay.call(VIEWER, "POST", SESSIONS, { filePath: "films/a.mp4" });
  assert.equal(status, 201);
  const session = v.parse(CreatedSession, body);
  assert.match(session.sessionId, /^[A-Za-z0-9_-]{22}$/);
  assert.deepEqual({ ...session, sessionId: "" }, {
    sessionId: "",
    agentId: AGENT_ID,
    iceServers,
    expiresAt: START + 300_000,
  });
  assert.notEqual(await relay.session(), session.sessionId);
});

Deno.test("200 and 204: a message is taken, a session is deleted", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const { status, body } = await relay.post(VIEWER, id, "offer", "{}");
  assert.deepEqual({ status, body }, { status: 200, body: { ok: true } });
  assert.equal((await relay.call(VIEWER, "DELETE", `${SESSIONS}/${id}`)).status, 204);
});

Deno.test("400: what is not JSON, or not an object", async () => {
  await using relay = new TestRelay();
  for (const body of ["", "{", "nul", '{"a":\u0001}']) {
    assertError(await relay.call(VIEWER, "POST", SESSIONS, body), 400, "bad-json");
  }
  for (const body of ["null", "[]", '"text"', "1"]) {
    assertError(await relay.call(VIEWER, "POST", SESSIONS, body), 400, "bad-body");
  }
});

Deno.test("400: a field of the wrong type is named, its value is not repeated", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const register = "/api/internal/agent/register";
  const sync = "/api/internal/agent/sync";
  const rows: [string, string, unknown, string][] = [
    [VIEWER, SESSIONS, { filePath: 77_777 }, "filePath"],
    [VIEWER, SESSIONS, { agentId: ["77777"] }, "agentId"],
    [VIEWER, SESSIONS, { filePath: "77777".repeat(1_000) }, "filePath"],
    [AGENT, register, { name: "77777" }, "agentId"],
    [AGENT, register, { agentId: AGENT_ID, version: 77_777 }, "version"],
    [AGENT, sync, { agentId: AGENT_ID, tasks: "77777" }, "tasks"],
    [AGENT, "/api/internal/agent/deregister", {}, "agentId"],
    [VIEWER, signal(id), { from: "77777", type: "offer", payload: "" }, "from"],
    [VIEWER, signal(id), { from: "browser", type: "", payload: "" }, "type"],
    [VIEWER, signal(id), { from: "browser", type: "offer", payload: { sdp: "77777" } }, "payload"],
  ];
  for (const [token, path, body, field] of rows) {
    const answer = await relay.call(token, "POST", path, body);
    assertError(answer, 400, "bad-field");
    assert.ok(answer.body.error.includes(`"${field}"`), answer.body.error);
    assert.ok(!answer.body.error.includes("77777"), answer.body.error);
  }
});

const CALLS: [string, string, string][] = [
  [VIEWER, "GET", "/api/stream/agents"],
  [VIEWER, "POST", SESSIONS],
  [VIEWER, "DELETE", `${SESSIONS}/x`],
  [AGENT, "POST", "/api/internal/agent/register"],
  [AGENT, "POST", "/api/internal/agent/sync"],
  [AGENT, "GET", "/api/internal/agent/wake"],
  [AGENT, "POST", "/api/internal/agent/deregister"],
];

Deno.test("401: every call without a token or with an unknown one, also in the query", async () => {
  await using relay = new TestRelay();
  const either: [string, string, string][] = [
    [VIEWER, "POST", signal("x")],
    [VIEWER, "GET", `${signal("x")}/events`],
  ];
  for (const [token, method, path] of [...CALLS, ...either]) {
    const none = await relay.call(undefined, method, `${path}?token=${token}&access_token=${token}`);
    assertError(none, 401, "no-token");
    assert.equal(none.headers.get("WWW-Authenticate"), "Bearer");
    for (const wrong of [`${token}x`, token.slice(1), token.toUpperCase(), "x".repeat(512)]) {
      const unknown = await relay.call(wrong, method, path);
      assertError(unknown, 401, "unknown-token");
      assert.equal(unknown.headers.get("WWW-Authenticate"), "Bearer");
    }
  }
});

Deno.test("403: the other role's token", async () => {
  await using relay = new TestRelay();
  for (const [token, method, path] of CALLS) {
    assertError(await relay.call(token === AGENT ? VIEWER : AGENT, method, path), 403, "wrong-role");
  }
});

Deno.test("403: a message that speaks for the other side", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const message = { type: "bye", payload: "" };
  assertError(await relay.call(VIEWER, "POST", signal(id), { from: "agent", ...message }), 403, "wrong-from");
  assertError(
    await relay.call(AGENT, "POST", signal(id), { from: "browser", ...message }),
    403,
    "wrong-from",
  );
});

Deno.test("403: the session of another viewer or of another agent", async () => {
  await using relay = new TestRelay({ agentTokens: [AGENT, "agent-2"], viewerTokens: [VIEWER, "viewer-2"] });
  const id = await relay.session();
  const message = { from: "browser", type: "offer", payload: "" };
  const rows: [string, string, string, unknown?][] = [
    ["viewer-2", "POST", signal(id), message],
    ["viewer-2", "GET", `${signal(id)}/events`],
    ["viewer-2", "DELETE", `${SESSIONS}/${id}`],
    ["agent-2", "POST", signal(id), { ...message, from: "agent" }],
    ["agent-2", "GET", `${signal(id)}/events`],
  ];
  for (const [token, method, path, body] of rows) {
    assertError(await relay.call(token, method, path, body), 403, "not-your-session");
  }
  assert.equal((await relay.post(VIEWER, id, "offer")).status, 200);
});

Deno.test("403: an agent id that another token registered", async () => {
  await using relay = new TestRelay({ agentTokens: [AGENT, "agent-2"] });
  await relay.sync();
  for (const call of ["register", "sync", "deregister"]) {
    const body = { agentId: AGENT_ID };
    assertError(
      await relay.call("agent-2", "POST", `/api/internal/agent/${call}`, body),
      403,
      "agent-taken",
    );
  }
  assert.equal((await relay.call(VIEWER, "GET", "/api/stream/agents")).body.agents[0].online, true);
});

Deno.test("404: no such agent, no agent at all", async () => {
  await using relay = new TestRelay();
  assertError(await relay.call(VIEWER, "POST", SESSIONS, {}), 404, "no-agent");
  assertError(await relay.call(VIEWER, "POST", SESSIONS, { agentId: "x" }), 404, "no-such-agent");
});

Deno.test("404: no such session, whatever its id looks like", async () => {
  await using relay = new TestRelay();
  for (const id of ["x", "A".repeat(128), "A".repeat(129), "a%2Fb", "a%00b", "%ff", "a.b"]) {
    assertError(await relay.post(VIEWER, id, "offer"), 404, "no-such-session");
    assertError(await relay.call(AGENT, "GET", `${signal(id)}/events`), 404, "no-such-session");
    assertError(await relay.call(VIEWER, "DELETE", `${SESSIONS}/${id}`), 404, "no-such-session");
  }
});

Deno.test("404: an expired session, in JSON, for both sides and every call", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  relay.clock.now += 300_000;
  for (const token of [AGENT, VIEWER]) {
    assertError(await relay.post(token, id, "bye"), 404, "no-such-session");
    assertError(await relay.call(token, "GET", `${signal(id)}/events`), 404, "no-such-session");
  }
  assertError(await relay.call(VIEWER, "DELETE", `${SESSIONS}/${id}`), 404, "no-such-session");
});

Deno.test("404: calls that belong to other transports or to nobody, with a token or without", async () => {
  await using relay = new TestRelay();
  const rows = [
    ["POST", "/api/internal/agent/status"],
    ["POST", "/api/internal/agent/library-sync"],
    ["GET", "/api/internal/agent/vpn-config"],
    ["GET", "/api/v1/mirrors"],
    ["GET", "/api/internal/agent/sync"],
    ["PUT", SESSIONS],
    ["GET", "/api"],
    ["GET", "/nothing"],
    ["POST", "/"],
  ] as const;
  for (const [method, path] of rows) {
    for (const token of [undefined, AGENT]) {
      assertError(await relay.call(token, method, path), 404, "no-such-call");
    }
  }
});

Deno.test("a HEAD does not run the GET of the same address", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  for (const path of [`${signal(id)}/events`, "/api/internal/agent/wake"]) {
    assert.equal((await relay.call(AGENT, "HEAD", path)).status, 404);
  }
  // Neither the receipt nor the latched wake is used up.
  assert.equal((await relay.sync()).body.webrtcSessions.length, 1);
  assert.deepEqual((await relay.call(AGENT, "GET", "/api/internal/agent/wake")).body, { wake: true });
});

Deno.test("409: the agent left out while several are known", async () => {
  await using relay = new TestRelay();
  await relay.sync(AGENT, "one");
  await relay.sync(AGENT, "two");
  assertError(await relay.call(VIEWER, "POST", SESSIONS, {}), 409, "several-agents");
  await relay.call(AGENT, "POST", "/api/internal/agent/deregister", { agentId: "one" });
  assert.equal((await relay.call(VIEWER, "POST", SESSIONS, {})).body.agentId, "two");
});

Deno.test("503: an agent that is known and offline", async () => {
  await using relay = new TestRelay();
  await relay.sync();
  relay.clock.now += 30_001;
  for (const body of [{}, { agentId: AGENT_ID }]) {
    const answer = await relay.call(VIEWER, "POST", SESSIONS, body);
    assertError(answer, 503, "agent-offline");
    assertRetryAfter(answer);
  }
  relay.clock.now -= 1;
  assert.equal((await relay.call(VIEWER, "POST", SESSIONS, {})).status, 201);
});

Deno.test("503: an agent that left a short time ago", async () => {
  await using relay = new TestRelay();
  await relay.sync();
  await relay.call(AGENT, "POST", "/api/internal/agent/deregister", { agentId: AGENT_ID });
  for (const body of [{}, { agentId: AGENT_ID }]) {
    assertError(await relay.call(VIEWER, "POST", SESSIONS, body), 503, "agent-offline");
  }
});

Deno.test("500: a store that fails is told to nobody, and logged without its message", async () => {
  await using relay = new TestRelay({
    store: new Proxy({}, { get: () => () => Promise.reject(new Error("secret inside")) }) as never,
  });
  const answer = await relay.call(VIEWER, "GET", "/api/stream/agents");
  assertError(answer, 500, "internal");
  assert.ok(!JSON.stringify([answer.body, relay.logs]).includes("secret inside"));
  assert.equal(relay.logs.at(-1)?.level, "error");
});

Deno.test("404: an agent of another account, which is not listed either", async () => {
  await using relay = new TestRelay({
    agentTokens: [`${AGENT} home`, "agent-2"],
    viewerTokens: [`${VIEWER} home`, "viewer-2", "viewer-3 elsewhere"],
  });
  await relay.sync();
  await relay.sync("agent-2", "another");
  const listed = async (token: string) =>
    (await relay.call(token, "GET", "/api/stream/agents")).body.agents.map((a: { agentId: string }) =>
      a.agentId
    );
  assert.deepEqual(await listed(VIEWER), [AGENT_ID]);
  assert.deepEqual(await listed("viewer-2"), ["another"]);
  assert.deepEqual(await listed("viewer-3"), []);
  const open = (token: string, body: unknown) => relay.call(token, "POST", "/api/stream/sessions", body);
  assertError(await open(VIEWER, { agentId: "another" }), 404, "no-such-agent");
  assertError(await open("viewer-2", { agentId: AGENT_ID }), 404, "no-such-agent");
  assertError(await open("viewer-3", {}), 404, "no-agent");
  assert.equal((await open(VIEWER, {})).body.agentId, AGENT_ID);
  assert.equal((await open("viewer-2", { agentId: "another" })).status, 201);
  // Whether somebody watches is a household's own affair.
  relay.clock.now += 60_000;
  await listed(VIEWER);
  assert.equal((await relay.sync()).body.watching, true);
  assert.equal((await relay.sync("agent-2", "another")).body.watching, false);
});
