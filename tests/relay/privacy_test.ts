/** Fails if a token, a payload, a path or an address is logged or handed to somebody else. */
import assert from "node:assert/strict";
import { AGENT, AGENT_ID, signal, TestRelay, VIEWER } from "./support.ts";

Deno.test("the log holds no token, payload, path or address", async () => {
  await using relay = new TestRelay({ limits: { totalBytes: 1_000, sessionsPerViewer: 2, agents: 1 } });
  const body = { agentId: AGENT_ID, name: "my-name", lanIp: "192.0.2.77" };
  await relay.call(AGENT, "POST", "/api/internal/agent/register", body);
  const id = await relay.session("secret-film.mp4");
  await relay.post(VIEWER, id, "offer", "secret-sdp 192.0.2.77");
  await relay.post(VIEWER, id, "offer", "secret-sdp".repeat(1_000));
  const reader = await relay.events(AGENT, id);
  assert.equal((await reader.message())?.data.payload, "secret-sdp 192.0.2.77");
  await reader.close();
  await relay.call("wrong-token", "GET", `${signal(id)}/events`);
  await relay.call(VIEWER, "POST", "/api/stream/sessions", "secret-sdp");
  for (let n = 0; n < 3; n++) await relay.call(VIEWER, "POST", "/api/stream/sessions", {});
  await relay.sync(AGENT, "another");
  await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`);
  await relay.call(AGENT, "POST", "/api/internal/agent/deregister", { agentId: AGENT_ID });
  assert.ok(relay.logs.length >= 5);
  const log = JSON.stringify(relay.logs);
  for (const secret of [AGENT, VIEWER, "wrong-token", "secret-", "192.0.2", "127.0.0.1", id, AGENT_ID]) {
    assert.ok(!log.includes(secret), `${secret} was logged: ${log}`);
  }
});

Deno.test("a token is never part of an answer", async () => {
  await using relay = new TestRelay({ viewerTokens: [VIEWER, "viewer-2"] });
  await relay.session();
  const answers = [
    await relay.sync(),
    await relay.call(VIEWER, "GET", "/api/stream/agents"),
    await relay.call(VIEWER, "POST", "/api/stream/sessions", {}),
    await relay.call("stranger-token", "GET", "/api/stream/agents"),
  ];
  for (const { body, headers } of answers) {
    const text = JSON.stringify([body, [...headers]]);
    for (const token of [AGENT, VIEWER, "viewer-2", "stranger-token"]) assert.ok(!text.includes(token));
  }
});
