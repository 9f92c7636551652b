/** Everything that a client can make grow has a bound. */
import assert from "node:assert/strict";
import { RateLimit } from "../../src/relay/rate.ts";
import { MAX_BODY_BYTES } from "../../src/signal/relay_api.ts";
import { AGENT, assertError, assertRetryAfter, signal, TestRelay, until, VIEWER } from "./support.ts";

const SESSIONS = "/api/stream/sessions";

function envelope(payload: string): string {
  return JSON.stringify({ from: "browser", type: "candidate", payload });
}

Deno.test("413: a body above 256 KiB; one of 256 KiB is read", async () => {
  await using relay = new TestRelay();
  const largest = JSON.stringify({ filePath: 7 }).padEnd(MAX_BODY_BYTES, " ");
  assertError(await relay.call(VIEWER, "POST", SESSIONS, largest), 400, "bad-field");
  assertError(await relay.call(VIEWER, "POST", SESSIONS, `${largest} `), 413, "body-too-large");
});

Deno.test("413: a body without Content-Length is read up to the bound and no further", async () => {
  await using relay = new TestRelay();
  const chunk = new TextEncoder().encode(" ".repeat(65_536));
  let sent = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += chunk.byteLength;
      controller.enqueue(chunk);
    },
    cancel: () => {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  const response = await relay.service.fetch(
    new Request(`${relay.url}${SESSIONS}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${VIEWER}` },
      body: endless,
    }),
  );
  assert.equal(response.status, 413);
  assert.equal((await response.json()).code, "body-too-large");
  assert.ok(cancelled);
  assert.ok(sent <= MAX_BODY_BYTES + 2 * chunk.byteLength, `read ${sent} bytes`);
});

Deno.test("413: a chunked body, over a real connection", async () => {
  await using relay = new TestRelay();
  const { hostname, port } = new URL(relay.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const encoder = new TextEncoder();
  await connection.write(encoder.encode(
    `POST ${SESSIONS} HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer ${VIEWER}\r\n` +
      "Transfer-Encoding: chunked\r\n\r\n",
  ));
  const chunk = encoder.encode(`10000\r\n${" ".repeat(65_536)}\r\n`);
  for (let n = 0; n < 5; n++) {
    for (let at = 0; at < chunk.byteLength;) at += await connection.write(chunk.subarray(at));
  }
  const answer = new Uint8Array(4_096);
  const length = await connection.read(answer);
  assert.match(new TextDecoder().decode(answer.subarray(0, length ?? 0)), /^HTTP\/1\.1 413 /);
});

Deno.test("408: a body that does not arrive", async () => {
  await using relay = new TestRelay({ times: { body: 20 } });
  const stalled = new ReadableStream<Uint8Array>();
  const response = await relay.service.fetch(
    new Request(`${relay.url}${SESSIONS}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${VIEWER}` },
      body: stalled,
    }),
  );
  assert.equal(response.status, 408);
  assert.equal((await response.json()).code, "body-too-slow");
});

Deno.test("413: a payload above 64 KiB, counted in UTF-8", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const post = (payload: string) => relay.call(VIEWER, "POST", signal(id), envelope(payload));
  assert.equal((await post("x".repeat(65_536))).status, 200);
  assertError(await post("x".repeat(65_537)), 413, "payload-too-large");
  assertError(await post("é".repeat(32_769)), 413, "payload-too-large");
});

Deno.test("413: a payload whose escapes make its line longer than the reference reads", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const reader = await relay.events(AGENT, id);
  const post = (count: number) => relay.call(VIEWER, "POST", signal(id), envelope("\u0001".repeat(count)));
  assert.equal((await post(43_600)).status, 200);
  // The request still fits its own bound; only the `ts` that the relay adds makes the line too long.
  assert.ok(envelope("\u0001".repeat(43_682)).length <= MAX_BODY_BYTES);
  assertError(await post(43_682), 413, "payload-too-large");
  const [received] = await reader.messages(1);
  assert.equal(received?.data.payload, "\u0001".repeat(43_600));
  await reader.close();
});

Deno.test("429: more than 100 messages a second from one side of a session", async () => {
  await using relay = new TestRelay();
  const [id, other] = [await relay.session(), await relay.session()];
  for (let n = 0; n < 100; n++) assert.equal((await relay.post(VIEWER, id, "candidate")).status, 200);
  const refused = await relay.post(VIEWER, id, "candidate");
  assertError(refused, 429, "too-many-messages");
  assertRetryAfter(refused);
  assert.equal((await relay.post(AGENT, id, "candidate")).status, 200);
  assert.equal((await relay.post(VIEWER, other, "candidate")).status, 200);
  relay.clock.now += 10;
  assert.equal((await relay.post(VIEWER, id, "candidate")).status, 200);
  assertError(await relay.post(VIEWER, id, "candidate"), 429, "too-many-messages");
});

Deno.test("429: more than 64 live sessions of a viewer token; a deleted one makes room", async () => {
  await using relay = new TestRelay({ viewerTokens: [VIEWER, "viewer-2"] });
  const ids: string[] = [];
  for (let n = 0; n < 64; n++) ids.push(await relay.session());
  const refused = await relay.call(VIEWER, "POST", SESSIONS, {});
  assertError(refused, 429, "too-many-sessions");
  assertRetryAfter(refused);
  assert.equal((await relay.call("viewer-2", "POST", SESSIONS, {})).status, 201);
  assert.equal((await relay.call(VIEWER, "DELETE", `${SESSIONS}/${ids[7]}`)).status, 204);
  assert.equal((await relay.call(VIEWER, "POST", SESSIONS, {})).status, 201);
});

Deno.test("429: sessions opened faster than anybody looks at films", async () => {
  await using relay = new TestRelay({ limits: { sessionBurst: 16 } });
  for (let n = 0; n < 16; n++) {
    const id = await relay.session();
    await relay.call(VIEWER, "DELETE", `${SESSIONS}/${id}`);
  }
  const refused = await relay.call(VIEWER, "POST", SESSIONS, {});
  assertError(refused, 429, "too-many-openings");
  assert.equal(refused.headers.get("Retry-After"), "16");
  relay.clock.now += 16_000;
  assert.equal((await relay.call(VIEWER, "POST", SESSIONS, {})).status, 201);
});

Deno.test("429: sessions of one agent, sessions in all, agents, and messages in all", async () => {
  await using agents = new TestRelay({ limits: { agents: 1, sessionsPerAgent: 1 } });
  await agents.session();
  const rows = [
    [await agents.call(VIEWER, "POST", SESSIONS, {}), "too-many-sessions"],
    [await agents.sync(AGENT, "another"), "too-many-agents"],
  ] as const;
  await using all = new TestRelay({ limits: { sessions: 1, totalBytes: 100 } });
  const id = await all.session();
  const more = [
    [await all.call(VIEWER, "POST", SESSIONS, {}), "too-many-sessions"],
    [await all.post(VIEWER, id, "offer", "x".repeat(100)), "relay-full"],
  ] as const;
  for (const [answer, code] of [...rows, ...more]) {
    assertError(answer, 429, code);
    assertRetryAfter(answer);
  }
});

Deno.test("429: event streams and wakes that are open at once; one that ends makes room", async () => {
  await using relay = new TestRelay({ limits: { streams: 1, wakesPerToken: 1 }, times: { wake: 600_000 } });
  const id = await relay.session();
  await relay.call(AGENT, "GET", "/api/internal/agent/wake");

  const reader = await relay.events(AGENT, id);
  const refused = await relay.call(VIEWER, "GET", `${signal(id)}/events`);
  assertError(refused, 429, "too-many-streams");
  assertRetryAfter(refused);
  await reader.close();
  await until(async () => {
    const response = await fetch(`${relay.url}${signal(id)}/events`, {
      headers: { Authorization: `Bearer ${VIEWER}` },
    });
    await response.body?.cancel();
    return response.status === 200;
  });

  const client = new AbortController();
  const held = fetch(`${relay.url}/api/internal/agent/wake`, {
    headers: { Authorization: `Bearer ${AGENT}` },
    signal: client.signal,
  }).catch(() => undefined);
  await until(async () => (await relay.call(VIEWER, "GET", "/api/stream/agents")).body.agents[0].online);
  relay.clock.now += 40_000;
  await until(async () => (await relay.call(VIEWER, "GET", "/api/stream/agents")).body.agents[0].online);
  const second = await relay.call(AGENT, "GET", "/api/internal/agent/wake");
  assertError(second, 429, "too-many-wakes");
  assertRetryAfter(second);
  client.abort();
  await held;
  await until(async () => !(await relay.call(VIEWER, "GET", "/api/stream/agents")).body.agents[0].online);
});

Deno.test("414: a URL that is longer than any of ours", async () => {
  await using relay = new TestRelay();
  assertError(await relay.call(undefined, "GET", `/healthz?${"x".repeat(2_048)}`), 414, "url-too-long");
});

Deno.test("a rate limit refills steadily and remembers a bounded number of keys", () => {
  const limit = new RateLimit(2, 4, 2);
  assert.deepEqual([limit.take("a", 0), limit.take("a", 0), limit.take("a", 0)], [0, 0, 1]);
  assert.deepEqual([limit.take("a", 250), limit.take("a", 250)], [0, 1]);
  assert.equal(limit.take("b", 250), 0);
  // "a" and "b" are both in use: the oldest makes room, and starts afresh when it comes back.
  assert.equal(limit.take("c", 250), 0);
  assert.deepEqual([limit.take("a", 250), limit.take("a", 250)], [0, 0]);
  // A clock that goes back gives nothing and breaks nothing.
  assert.equal(limit.take("a", -10_000), 1);
  const slow = new RateLimit(1, 0.1, 1);
  assert.deepEqual([slow.take("a", 0), slow.take("a", 0)], [0, 10]);
});
