import assert from "node:assert/strict";
import { type Asked, json } from "../support/scripted_server.ts";
import { within } from "../support/within.ts";
import { client, named, relay } from "./support.ts";

const healthz = ({ path }: Asked) => path === "/healthz";

/** A server that cuts every connection: after it has read what came, or before, which resets it. */
function cutting(isReset: boolean): { base: string; asked: () => number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let asked = 0;
  (async () => {
    for await (const connection of listener) {
      asked++;
      // The smaller buffer leaves unread bytes behind; closing over those is a reset.
      await connection.read(new Uint8Array(isReset ? 1 : 65_536));
      connection.close();
    }
  })();
  return {
    base: `http://127.0.0.1:${listener.addr.port}`,
    asked: () => asked,
    [Symbol.dispose]: () => listener.close(),
  };
}

/** An address where nothing listens. */
function deserted(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `http://127.0.0.1:${listener.addr.port}`;
}

for (
  const [what, first] of [
    ["refuses connections", () => ({ base: deserted(), [Symbol.dispose]() {} })],
    ["has no name", () => ({ base: "http://no-such-relay.invalid", [Symbol.dispose]() {} })],
    ["closes connections", () => cutting(false)],
    ["resets connections", () => cutting(true)],
    ["speaks no TLS", () => {
      const plain = cutting(false);
      return { ...plain, base: plain.base.replace("http:", "https:") };
    }],
  ] as const
) {
  Deno.test(`defect 45: a relay that ${what} is left for the next`, async () => {
    using dead = first();
    const { server, stop } = relay({});
    await using _ = server;
    const { made } = client(dead.base, {}, [server.base]);
    const registered = new Promise<string>((resolve) => made.onregistered = resolve);
    made.start();
    assert.equal(await within(20_000, "the registration", registered), server.base);
    await within(5_000, "a sync and a wake", server.until(3));
    stop();
    await made.stop();
  });
}

for (const status of [408, 502, 503, 504]) {
  Deno.test(`mirrors: a relay that answers ${status} is left for the next, and the call is made there`, async () => {
    const first = relay({ sync: () => json(status, {}, { "retry-after": "60" }) });
    const second = relay({ sync: () => json(200, { webrtcSessions: [{ sessionId: "s1" }] }) });
    await using _ = first.server;
    await using __ = second.server;
    const { made, dispatched, sessions } = client(first.server.base, {}, [second.server.base]);
    const bases: (string | undefined)[] = [];
    const { onsession } = made;
    made.onsession = (session) => {
      bases.push(session.base);
      onsession(session);
    };
    made.start();
    await within(5_000, "the session", dispatched(1));
    await within(5_000, "the registration", second.server.until(1, named("register")));
    await within(5_000, "the wake", second.server.until(1, named("wake")));
    first.stop();
    second.stop();
    await made.stop();
    assert.equal(first.server.asked.filter(named("sync")).length, 1, "one sync, and none after it");
    assert.ok(sessions.length >= 1);
    assert.ok(bases.every((base) => base === second.server.base), "a session stays where it was listed");
    assert.ok(second.server.asked.at(-1)!.path.endsWith("/deregister"));
  });
}

for (const status of [400, 401, 403, 429, 500]) {
  Deno.test(`mirrors: ${status} is no reason to ask another relay`, async () => {
    const first = relay({ register: () => json(status, { error: "no" }) });
    const second = relay({});
    await using _ = first.server;
    await using __ = second.server;
    const { made, refused } = client(first.server.base, {}, [second.server.base]);
    made.start();
    if (status < 429) await within(5_000, "the refusal", refused);
    else await within(5_000, "two more tries", first.server.until(3));
    await made.stop();
    assert.deepEqual(second.server.asked, []);
  });
}

Deno.test("mirrors: a call goes to each relay once, then it has failed", async () => {
  const asked: string[] = [];
  const servers = ["a", "b", "c"].map((name) =>
    relay({
      register: () => {
        asked.push(name);
        return json(503, {});
      },
    })
  );
  const [first, ...mirrors] = servers.map(({ server }) => server.base);
  // The second round would come long after the end of the test.
  const { made, log } = client(first!, { registerWait: { firstMs: 600_000, maxMs: 600_000 } }, mirrors);
  made.start();
  await within(5_000, "three tries", servers[2]!.server.until(1));
  while (!log.some((line) => line.startsWith("warn"))) await new Promise((resolve) => setTimeout(resolve, 1));
  await made.stop();
  assert.deepEqual(asked, ["a", "b", "c"]);
  assert.deepEqual(log.filter((line) => line.startsWith("warn")), [
    "warn the relay is unreachable (register: status 503)",
  ]);
  for (const { server } of servers) await server[Symbol.asyncDispose]();
});

Deno.test("defect 45: a wake that is cut leads no other call away", async () => {
  const cut = () => new Response(new ReadableStream({ start: (controller) => controller.error("cut") }));
  const first = relay({ wake: cut });
  const second = relay({});
  await using _ = first.server;
  await using __ = second.server;
  const { made } = client(first.server.base, { syncMs: 30 }, [second.server.base]);
  made.start();
  await within(10_000, "three wakes", first.server.until(3, named("wake")));
  await within(10_000, "three more syncs", first.server.until(6, named("sync")));
  await made.stop();
  assert.deepEqual(second.server.asked, []);
});

Deno.test("defect 45: the first relay is returned to once it is well, and the probe shows no key", async () => {
  let isWell = false;
  const first = relay({
    sync: () => json(isWell ? 200 : 503, {}),
    healthz: () => json(isWell ? 200 : 503, {}),
  });
  const second = relay({});
  await using _ = first.server;
  await using __ = second.server;
  const { made } = client(first.server.base, { syncMs: 20, returnMs: 50 }, [second.server.base]);
  made.start();
  await within(5_000, "two probes", first.server.until(2, healthz));
  assert.equal(first.server.asked.filter(named("sync")).length, 1, "not before it is well");
  isWell = true;
  await within(5_000, "two registrations at the first", first.server.until(2, named("register")));
  await within(5_000, "a wake at the first, too", first.server.until(2, named("wake")));
  const before = second.server.asked.length;
  const synced = first.server.asked.filter(named("sync")).length;
  await within(5_000, "two more syncs", first.server.until(synced + 2, named("sync")));
  assert.equal(second.server.asked.length, before, "the second is asked no more");
  first.stop();
  second.stop();
  await made.stop();
  for (const { headers } of first.server.asked.filter(healthz)) {
    assert.equal(headers.get("authorization"), null);
  }
});

Deno.test("mirrors: a redirection to another host does not take the key along", async () => {
  const elsewhere = relay({ register: () => json(500, {}) });
  await using _ = elsewhere.server;
  const first = relay({
    register: () => Response.redirect(`${elsewhere.server.base}/api/internal/agent/register`, 307),
  });
  await using __ = first.server;
  const { made } = client(first.server.base);
  made.start();
  const [asked] = await within(5_000, "the other host", elsewhere.server.until(1));
  await made.stop();
  assert.equal(asked!.headers.get("authorization"), null);
});
