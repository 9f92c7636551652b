/** Fails if the access log holds a token, an id, a path, a query, a payload or an address. */
import assert from "node:assert/strict";
import type { AccessLine } from "../../src/relay/access_log.ts";
import { AGENT, AGENT_ID, signal, TestRelay, until, VIEWER } from "./support.ts";

Deno.test("access log: a line for each request, and nothing in it by which anybody could be known", async () => {
  const lines: AccessLine[] = [];
  await using relay = new TestRelay({
    accessLog: (line) => lines.push(line),
    viewerTokens: [VIEWER, "viewer-2"],
    assets: new Map([["/page.js", { body: new TextEncoder().encode("film"), type: "text/javascript" }]]),
  });
  const id = await relay.session("secret-film.mp4");
  await relay.post(VIEWER, id, "offer", "secret-sdp a=candidate 192.0.2.77");
  await relay.call("wrong-token", "POST", "/api/stream/sessions?token=secret-query", "secret-body");
  await relay.call("viewer-2", "GET", "/api/stream/agents");
  await relay.call(VIEWER, "GET", "/api/stream/agents");
  await relay.call(undefined, "GET", "/page.js");
  await relay.call(undefined, "GET", "/secret-path?secret-query");
  await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`);
  await until(() => lines.length === 9);
  const of = (route: string) => lines.filter((line) => line.route === route);
  assert.deepEqual(
    lines.map(({ method, route, status, role }) => `${method} ${route} ${status} ${role}`),
    [
      "POST /api/internal/agent/sync 200 agent",
      "POST /api/stream/sessions 201 viewer",
      "POST /api/internal/stream/signal/:sessionId 200 viewer",
      "POST /api/stream/sessions 401 -",
      "GET /api/stream/agents 200 viewer",
      "GET /api/stream/agents 200 viewer",
      "GET player 200 -",
      "GET other 404 -",
      "DELETE /api/stream/sessions/:sessionId 204 viewer",
    ],
  );
  assert.equal(of("player")[0]!.bytes, 4);
  // Other tokens have other names, the same token has the same.
  const [second, first] = of("/api/stream/agents");
  assert.notEqual(first!.principal, second!.principal);
  assert.equal(first!.principal, of("/api/internal/stream/signal/:sessionId")[0]!.principal);
  assert.match(first!.principal, /^[0-9a-f]{12}$/);
  const log = JSON.stringify(lines);
  for (
    const secret of [
      AGENT,
      VIEWER,
      "viewer-2",
      "wrong-token",
      "secret-",
      "192.0.2",
      "127.0.0.1",
      id,
      AGENT_ID,
    ]
  ) {
    assert.ok(!log.includes(secret), `${secret} was logged: ${log}`);
  }
});

Deno.test("access log: an event stream is logged at its end, with its bytes and how long it was", async () => {
  const lines: AccessLine[] = [];
  await using relay = new TestRelay({ accessLog: (line) => lines.push(line), times: { stream: 300 } });
  const id = await relay.session();
  const reader = await relay.events(AGENT, id);
  const events = () => lines.filter(({ route }) => route.endsWith("/events"));
  await relay.post(VIEWER, id, "offer", "v=0");
  let bytes = 0;
  for (let block = await reader.block(); block !== undefined; block = await reader.block()) {
    assert.equal(events().length, 0);
    bytes += block.length + 2;
  }
  await until(() => events().length === 1);
  assert.equal(events()[0]!.bytes, bytes);
  assert.ok(events()[0]!.ms >= 250, String(events()[0]!.ms));
  // One whose client leaves is over, too, and lets go of its place.
  const gone = await relay.events(AGENT, id);
  await gone.message();
  await gone.close();
  await until(() => events().length === 2);
  assert.equal(events()[1]!.status, 200);
});

Deno.test("access log: a page of an event stream is not read ahead of its client", async () => {
  const lines: AccessLine[] = [];
  await using relay = new TestRelay({ accessLog: (line) => lines.push(line) });
  const id = await relay.session();
  const request = new Request(`${relay.url}${signal(id)}/events`, {
    headers: { Authorization: `Bearer ${AGENT}` },
  });
  const reader = (await relay.service.fetch(request)).body!.getReader();
  await reader.read();
  await relay.post(VIEWER, id, "offer", "v=0");
  const { value } = await reader.read();
  assert.match(new TextDecoder().decode(value), /^id: 1\n/);
  await reader.cancel();
  assert.equal(lines.filter(({ route }) => route.endsWith("/events")).length, 1);
});
