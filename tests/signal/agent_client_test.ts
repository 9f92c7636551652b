import assert from "node:assert/strict";
import { json } from "../support/scripted_server.ts";
import { within } from "../support/within.ts";
import { client, IDENTITY, named, relay } from "./support.ts";

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
  let woken = 0;
  made.onwoken = () => woken++;
  made.start();
  await within(5_000, "a second sync and its session", dispatched(1));
  stop();
  await made.stop();
  assert.deepEqual(sessions, ["s1"]);
  assert.equal(woken, 1);
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

Deno.test("defect 40: the agent goes on registering while the relay is down, with growing waits", async () => {
  const { server, stop } = relay({ register: (_, index) => json(index < 6 ? 503 : 200, {}) });
  await using _ = server;
  const { made } = client(server.base);
  made.start();
  await within(5_000, "a sync", server.until(1, named("sync")));
  stop();
  await made.stop();
  const registered = server.asked.filter(named("register"));
  assert.equal(registered.length, 7);
  const gaps = registered.slice(1).map(({ at }, index) => at - registered[index]!.at);
  // The waits are 20, 40, 80 and then 100 ms, each a fifth less at the least.
  for (const [index, least] of [16, 32, 64, 80, 80, 80].entries()) {
    assert.ok(gaps[index]! >= least - 2, `gap ${index + 1} is ${gaps[index]} ms`);
  }
});

for (const status of [401, 403, 400]) {
  Deno.test(`agent: ${status} at registration is final`, async () => {
    const { server, stop } = relay({ register: () => json(status, { error: "no" }) });
    await using _ = server;
    const { made, refused } = client(server.base);
    made.start();
    const { message, ...error } = await within(5_000, "the refusal", refused);
    assert.deepEqual([error.status, message], [status, "no"]);
    stop();
    await made.stop();
    assert.deepEqual(server.asked.map(({ path }) => path), ["/api/internal/agent/register"]);
  });
}

Deno.test("defect 41: three refusals in a row after registration are final, one is not", async () => {
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
  Deno.test(`defect 42: ${status} from sync leads to a new registration`, async () => {
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
