/** The event stream on the wire (signalling.md 5, 6 and 8). */
import assert from "node:assert/strict";
import { AGENT, assertError, signal, START, TestRelay, until, VIEWER } from "./support.ts";

Deno.test("the stream is text/event-stream, uncompressed, uncached, and starts with retry", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  await relay.post(VIEWER, id, "offer", '{"type":"offer","sdp":"v=0\\r\\n é"}');
  const reader = await relay.events(AGENT, id, { headers: { "Accept-Encoding": "gzip, br" } });
  const { headers } = reader.response;
  assert.equal(headers.get("Content-Type"), "text/event-stream");
  assert.equal(headers.get("Cache-Control"), "no-cache");
  assert.equal(headers.get("X-Accel-Buffering"), "no");
  assert.equal(headers.get("Content-Encoding"), null);
  assert.equal(await reader.block(), "retry: 1500");
  assert.equal(
    await reader.block(),
    'id: 1\nevent: signal\ndata: {"from":"browser","type":"offer",' +
      `"payload":"{\\"type\\":\\"offer\\",\\"sdp\\":\\"v=0\\\\r\\\\n é\\"}","ts":${START}}`,
  );
  await reader.close();
});

Deno.test("each side gets the other's messages only, unchanged and in order", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const agent = await relay.events(AGENT, id);
  const browser = await relay.events(VIEWER, id);
  const payloads = ["", "a\nb\r\n\u2028c", "data: x\n\nid: 9", "\u0000\ud83d\ude00"];
  for (const payload of payloads) {
    await relay.post(VIEWER, id, "candidate", payload);
    await relay.post(AGENT, id, "candidate", `agent ${payload}`);
  }
  const toAgent = await agent.messages(4);
  const toBrowser = await browser.messages(4);
  assert.deepEqual(toAgent.map(({ id }) => id), [1, 2, 3, 4]);
  assert.deepEqual(toAgent.map(({ data }) => data.payload), payloads);
  assert.deepEqual(toBrowser.map(({ data }) => data.payload), payloads.map((payload) => `agent ${payload}`));
  assert.ok(toBrowser.every(({ data }) => data.from === "agent"));
  await agent.close();
  await browser.close();
});

Deno.test("messages posted before any stream was open are kept", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  for (let n = 1; n <= 3; n++) await relay.post(VIEWER, id, "candidate", `${n}`);
  const reader = await relay.events(AGENT, id);
  assert.deepEqual((await reader.messages(3)).map(({ data }) => data.payload), ["1", "2", "3"]);
  await reader.close();
});

Deno.test("replay goes on after Last-Event-ID or ?after, and the header wins", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  for (let n = 1; n <= 4; n++) await relay.post(VIEWER, id, "candidate", `${n}`);
  const rows = [
    [{}, 1],
    [{ lastEventId: "0" }, 1],
    [{ lastEventId: "2" }, 3],
    [{ after: "3" }, 4],
    [{ lastEventId: "1", after: "3" }, 2],
    [{ lastEventId: "", after: "3" }, 4],
    [{ after: "" }, 1],
  ] as const;
  for (const [options, first] of rows) {
    const reader = await relay.events(AGENT, id, options);
    assert.equal((await reader.message())?.id, first, JSON.stringify(options));
    await reader.close();
  }
});

Deno.test("400: a Last-Event-ID or ?after that is no id", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  for (const bad of ["-1", "1.5", "x", "9".repeat(16), "1e3"]) {
    const answer = await relay.call(AGENT, "GET", `${signal(id)}/events?after=${bad}`);
    assertError(answer, 400, "bad-field");
    assert.ok(answer.body.error.includes("after"));
    const response = await fetch(`${relay.url}${signal(id)}/events`, {
      headers: { Authorization: `Bearer ${AGENT}`, "Last-Event-ID": bad },
    });
    assert.equal(response.status, 400);
    assert.ok((await response.json()).error.includes("Last-Event-ID"));
  }
});

Deno.test("a heartbeat comment comes while nothing else does", async () => {
  await using relay = new TestRelay({ times: { heartbeat: 15 } });
  const id = await relay.session();
  const reader = await relay.events(AGENT, id);
  assert.equal(await reader.block(), "retry: 1500");
  for (let n = 0; n < 3; n++) assert.equal(await reader.block(), ": heartbeat");
  await relay.post(VIEWER, id, "offer");
  assert.equal((await reader.message())?.data.type, "offer");
  await reader.close();
});

Deno.test("the response ends cleanly after its time", async () => {
  await using relay = new TestRelay({ times: { stream: 60 } });
  const id = await relay.session();
  const started = performance.now();
  const reader = await relay.events(AGENT, id);
  await relay.post(VIEWER, id, "offer");
  assert.equal((await reader.message())?.id, 1);
  assert.equal(await reader.message(), undefined);
  assert.ok(performance.now() - started >= 50);
});

Deno.test("nothing is lost or doubled over many ends while messages are posted", async () => {
  await using relay = new TestRelay({ times: { stream: 30 }, limits: { postsPerSecond: 10_000 } });
  const id = await relay.session();
  const count = 150;
  const seen: { id: number; payload: string }[] = [];
  let responses = 0;
  const read = async () => {
    while (seen.length < count) {
      const last = seen.at(-1);
      const resume = responses % 2 === 0 ? "lastEventId" : "after";
      const reader = await relay.events(AGENT, id, last === undefined ? {} : { [resume]: `${last.id}` });
      responses += 1;
      for (let next; (next = await reader.message()) !== undefined;) {
        seen.push({ id: next.id, payload: next.data.payload });
      }
    }
  };
  const write = async () => {
    for (let n = 1; n <= count; n++) {
      assert.equal((await relay.post(VIEWER, id, "candidate", `${n}`)).status, 200);
      // As slow as it must be for the responses to end several times meanwhile.
      await until(() => responses >= Math.ceil(n / 30));
    }
  };
  await Promise.all([read(), write()]);
  assert.deepEqual(
    seen,
    Array.from({ length: count }, (_, index) => ({ id: index + 1, payload: `${index + 1}` })),
  );
  assert.ok(responses >= 5, `${responses} responses`);
});

Deno.test("the newest stream of a side wins and the older ends cleanly", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const older = await relay.events(AGENT, id);
  const browser = await relay.events(VIEWER, id);
  const newer = await relay.events(AGENT, id);
  assert.equal(await older.message(), undefined);
  await relay.post(VIEWER, id, "offer");
  await relay.post(AGENT, id, "answer");
  assert.equal((await newer.message())?.data.type, "offer");
  assert.equal((await browser.message())?.data.type, "answer");
  await newer.close();
  await browser.close();
});

Deno.test("event requests alone keep a session alive", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  for (let n = 0; n < 4; n++) {
    relay.clock.now += 299_999;
    await (await relay.events(AGENT, id)).close();
  }
  relay.clock.now += 300_000;
  assertError(await relay.call(AGENT, "GET", `${signal(id)}/events`), 404, "no-such-session");
});

Deno.test("a stream of a session that expires under it ends", async () => {
  await using relay = new TestRelay({ times: { heartbeat: 10 } });
  const reader = await relay.events(AGENT, await relay.session());
  relay.clock.now += 300_000;
  assert.equal(await reader.message(), undefined);
});

Deno.test("a deleted session: bye for the agent, the end for the viewer, then 404", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const agent = await relay.events(AGENT, id);
  const browser = await relay.events(VIEWER, id);
  await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`);
  const bye = await agent.message();
  assert.deepEqual(bye?.data, { from: "browser", type: "bye", payload: "", ts: START });
  assert.equal(await agent.message(), undefined);
  assert.equal(await browser.message(), undefined);
  assertError(await relay.post(VIEWER, id, "offer"), 404, "no-such-session");
  assertError(await relay.call(VIEWER, "GET", `${signal(id)}/events`), 404, "no-such-session");
  assertError(await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`), 404, "no-such-session");
  assertError(await relay.post(AGENT, id, "answer"), 404, "no-such-session");
  assertError(
    await relay.call(AGENT, "GET", `${signal(id)}/events?after=${bye?.id}`),
    404,
    "no-such-session",
  );
});

Deno.test("an agent that comes after the delete still gets its bye", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  await relay.post(VIEWER, id, "offer");
  await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`);
  const agent = await relay.events(AGENT, id, { lastEventId: "1" });
  assert.equal((await agent.message())?.data.type, "bye");
  assert.equal(await agent.message(), undefined);
});

Deno.test("a reader that does not read holds its place and no messages", async () => {
  await using relay = new TestRelay({ limits: { messages: 8, postsPerSecond: 10_000 } });
  const id = await relay.session();
  const response = await relay.service.fetch(
    new Request(`${relay.url}${signal(id)}/events`, { headers: { Authorization: `Bearer ${AGENT}` } }),
  );
  for (let n = 1; n <= 50; n++) await relay.post(VIEWER, id, "candidate", `${n}`);
  // What it did not take is gone with the store's own bound: nothing was queued for it.
  const reader = (await Promise.resolve(response.body))!.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await reader.read()).value, "retry: 1500\n\n");
  assert.match((await reader.read()).value ?? "", /^id: 43\n/);
  await reader.cancel();
});

Deno.test("closing the relay ends streams and wakes, so that the server can finish", async () => {
  await using relay = new TestRelay({ times: { stream: 600_000, wake: 600_000 } });
  const id = await relay.session();
  await relay.call(AGENT, "GET", "/api/internal/agent/wake");
  const reader = await relay.events(AGENT, id);
  assert.equal(await reader.block(), "retry: 1500");
  const wake = relay.call(AGENT, "GET", "/api/internal/agent/wake");
  relay.clock.now += 40_000;
  await until(async () => (await relay.call(VIEWER, "GET", "/api/stream/agents")).body.agents[0].online);
  relay.service.close();
  assert.equal(await reader.message(), undefined);
  assert.deepEqual((await wake).body, { wake: false });
  const refused = await relay.call(VIEWER, "GET", "/api/stream/agents");
  assertError(refused, 503, "closing");
});
