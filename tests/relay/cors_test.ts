/** A page of another origin may use the relay: bearer tokens, no cookies. */
import assert from "node:assert/strict";
import { AGENT, signal, TestRelay, VIEWER } from "./support.ts";

Deno.test("a preflight is answered without a token", async () => {
  await using relay = new TestRelay();
  for (const path of ["/api/stream/sessions", `${signal("x")}/events`, "/api/stream/sessions/x"]) {
    const { status, headers } = await relay.call(undefined, "OPTIONS", path);
    assert.equal(status, 204);
    assert.equal(headers.get("Access-Control-Allow-Origin"), "*");
    assert.equal(headers.get("Access-Control-Allow-Methods"), "GET, POST, DELETE");
    assert.equal(
      headers.get("Access-Control-Allow-Headers"),
      "authorization, content-type, last-event-id, cache-control",
    );
  }
});

Deno.test("answers, refusals and event streams of the API can be read by any origin", async () => {
  await using relay = new TestRelay();
  const id = await relay.session();
  const reader = await relay.events(AGENT, id);
  const answers = [
    await relay.call(VIEWER, "GET", "/api/stream/agents"),
    await relay.call(undefined, "GET", "/api/stream/agents"),
    await relay.call(VIEWER, "POST", "/api/stream/sessions", "{"),
    await relay.call(VIEWER, "GET", "/api/nothing"),
    await relay.call(VIEWER, "GET", `/api/stream/agents?${"x".repeat(3_000)}`),
    await relay.call(VIEWER, "DELETE", `/api/stream/sessions/${id}`),
    reader.response,
  ];
  assert.deepEqual(answers.map(({ status }) => status), [200, 401, 400, 404, 414, 204, 200]);
  for (const { headers } of answers) {
    assert.equal(headers.get("Access-Control-Allow-Origin"), "*");
    assert.equal(headers.get("Access-Control-Expose-Headers"), "Retry-After");
    assert.equal(headers.get("Access-Control-Allow-Credentials"), null);
  }
  await reader.close();
});

Deno.test("nothing outside the API is opened to other origins", async () => {
  await using relay = new TestRelay();
  for (const [method, path] of [["GET", "/"], ["GET", "/healthz"], ["OPTIONS", "/"]] as const) {
    const { headers } = await relay.call(undefined, method, path);
    assert.equal(headers.get("Access-Control-Allow-Origin"), null);
  }
});

Deno.test("answers with data in them are not stored by caches", async () => {
  await using relay = new TestRelay();
  const { headers } = await relay.call(VIEWER, "GET", "/api/stream/agents");
  assert.equal(headers.get("Cache-Control"), "no-store");
});
