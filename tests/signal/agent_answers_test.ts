import assert from "node:assert/strict";
import { type Asked, json } from "../support/scripted_server.ts";
import { within } from "../support/within.ts";
import { client, named, relay } from "./support.ts";

const page = () =>
  new Response("<html>log in to the hotel</html>", { headers: { "content-type": "text/html" } });

/** Milliseconds between requests. */
const gaps = (asked: readonly Asked[]) => asked.slice(1).map(({ at }, index) => at - asked[index]!.at);

Deno.test("defect 44: a session of a wrong type spoils neither the others nor the answer", async () => {
  const { server, stop } = relay({
    sync: () =>
      json(200, {
        webrtcSessions: [
          { sessionId: "s1", filePath: 7 },
          { sessionId: 7 },
          null,
          "s2",
          { sessionId: "s3", base: "http://elsewhere.invalid", extra: {} },
        ],
        streamSessions: [{ sessionId: "s4", filePath: "a.mkv" }],
        watching: "yes",
        upgrade: 7,
        newTasks: "many",
      }),
  });
  await using _ = server;
  const { made } = client(server.base);
  const sessions: unknown[] = [];
  const invalid: (string | undefined)[] = [];
  const both = new Promise<void>((resolve) =>
    made.onsession = (session) => {
      sessions.push(session);
      if (sessions.length === 2) resolve();
    }
  );
  made.oninvalid = (id) => invalid.push(id);
  made.start();
  await within(5_000, "two sessions", both);
  stop();
  await made.stop();
  const { base } = server;
  assert.deepEqual(sessions, [{ sessionId: "s3", base }, { sessionId: "s4", filePath: "a.mkv", base }]);
  assert.deepEqual(invalid, ["s1", undefined, undefined, undefined]);
});

Deno.test("agent: sessions that are no list spoil no other list", async () => {
  const { server, stop } = relay({
    sync: () => json(200, { webrtcSessions: {}, streamSessions: [{ sessionId: "s1" }] }),
  });
  await using _ = server;
  const { made, dispatched } = client(server.base);
  made.start();
  await within(5_000, "the session", dispatched(1));
  stop();
  await made.stop();
});

Deno.test("agent: what is not for it is told once, another version once for each", async () => {
  const versions = ["1.1.0", "1.1.0", "1.2.0\n\u001b[31mforged", "1.0.0", "1.1.0"];
  const { server, stop } = relay({
    sync: (_, index) =>
      json(200, {
        watching: true,
        newTasks: [{}],
        controls: [],
        scan: true,
        upgrade: { version: versions[index % versions.length] },
      }),
  });
  await using _ = server;
  const { made, log } = client(server.base, { watchedSyncMs: 5 });
  made.start();
  await within(5_000, "eleven syncs", server.until(11, named("sync")));
  stop();
  await made.stop();
  assert.deepEqual(log.filter((line) => !line.startsWith("debug wake")), [
    "debug the relay's newTasks are not for this agent and are ignored",
    "debug the relay's scan are not for this agent and are ignored",
    "info the relay offers version 1.1.0; this one is 1.0.0",
    "info the relay offers version 1.2.0 [31mforged; this one is 1.0.0",
  ]);
});

Deno.test("agent: a page is not a registration, and not a sync", async () => {
  const { server, stop } = relay({
    register: (_, index) => index < 2 ? page() : json(200, {}),
    sync: (_, index) => index < 2 ? page() : json(200, {}),
  });
  await using _ = server;
  const { made, log } = client(server.base);
  made.start();
  await within(5_000, "three syncs", server.until(3, named("sync")));
  stop();
  await made.stop();
  assert.equal(server.asked.filter(named("register")).length, 3);
  assert.deepEqual(log.filter((line) => line.startsWith("warn")), [
    "warn the relay is unreachable (register: the answer is not what it should be)",
    "warn the relay is unreachable (sync: the answer is not what it should be)",
  ]);
});

Deno.test("agent: a wake that is none is asked for with growing gaps", async () => {
  const { server } = relay({ wake: page });
  await using _ = server;
  const { made } = client(server.base);
  made.start();
  const wakes = await within(5_000, "five wakes", server.until(5, named("wake")));
  await made.stop();
  for (const [index, least] of [16, 32, 64, 80].entries()) assert.ok(gaps(wakes)[index]! >= least - 2);
});

Deno.test("defect 48: a wake that is never answered is given up and asked for again", async () => {
  const { server, stop } = relay({});
  await using _ = server;
  const { made, log } = client(server.base, { wakeTimeoutMs: 50 });
  made.start();
  await within(5_000, "three wakes", server.until(3, named("wake")));
  assert.ok(log.includes("debug wake: no answer in time"));
  stop();
  await made.stop();
});

Deno.test("agent: Retry-After is waited for, at registration and at a sync that is woken, too", async () => {
  const busy = () => json(429, {}, { "retry-after": "1" });
  const { server } = relay({
    register: (_, index) => index === 0 ? busy() : json(200, {}),
    sync: (_, index) => index === 0 ? busy() : json(200, {}),
    wake: () => json(200, { wake: true }),
  });
  await using _ = server;
  const { made } = client(server.base);
  made.start();
  const syncs = await within(20_000, "two syncs", server.until(2, named("sync")));
  await made.stop();
  for (const asked of [server.asked.filter(named("register")), syncs]) {
    assert.ok(gaps(asked)[0]! >= 990, `${gaps(asked)[0]} ms`);
  }
});

Deno.test("defect 42: a relay that forgets at once is asked with growing gaps", async () => {
  const { server, stop } = relay({ sync: () => json(404, {}) });
  await using _ = server;
  const { made } = client(server.base);
  made.start();
  const syncs = await within(5_000, "six syncs", server.until(6, named("sync")));
  stop();
  await made.stop();
  // The first registers again at once; so much for the others.
  for (const [index, least] of [0, 16, 32, 64, 80].entries()) assert.ok(gaps(syncs)[index]! >= least - 2);
});

Deno.test("defect 46: when it is stopped in a sync, no sync comes after the deregistration", async () => {
  const { server, stop } = relay({ sync: () => json(200, { watching: true }) });
  await using _ = server;
  for (let round = 0; round < 10; round++) {
    const { made } = client(server.base, { watchedSyncMs: 0 });
    made.start();
    await within(5_000, "a sync", server.until(5 * (round + 1), named("sync")));
    await made.stop();
    const last = server.asked.at(-1)!.path;
    assert.ok(last.endsWith("/deregister"), last);
  }
  stop();
});

Deno.test("agent: what was never registered is not deregistered", async () => {
  const { server } = relay({ register: () => json(503, {}) });
  await using _ = server;
  const { made } = client(server.base);
  made.start();
  await within(5_000, "two tries", server.until(2));
  await made.stop();
  assert.equal(server.asked.filter(named("deregister")).length, 0);
});
