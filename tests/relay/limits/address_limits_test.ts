/** Limits by address and token: who floods is refused with 429, and nobody else is. */
import assert from "node:assert/strict";
import { MemoryStore } from "../../../src/relay/memory_store.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../../src/relay/limits.ts";
import { AGENT, type Answer, assertError, assertRetryAfter, signal, TestRelay, VIEWER } from "../support.ts";

const FLOODER = "203.0.113.66";
const NEIGHBOUR = "198.51.100.7";
const OTHER = "viewer-token-of-another-household";
const SESSIONS = "/api/stream/sessions";
const AGENTS = "/api/stream/agents";

function relayBehindProxy(options: ConstructorParameters<typeof TestRelay>[0] = {}): TestRelay {
  return new TestRelay({ viewerTokens: [VIEWER, OTHER], trustProxy: ["127.0.0.1"], ...options });
}

/** A call as a proxy passes it on. */
async function from(
  relay: TestRelay,
  address: string,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(relay.url + path, {
    method,
    headers: {
      "X-Forwarded-For": address,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? "" : JSON.parse(text) };
}

async function guess(relay: TestRelay, address: string, times: number): Promise<Answer> {
  let answer: Answer | undefined;
  for (let n = 0; n < times; n++) answer = await from(relay, address, `guess-number-${n}`, "GET", AGENTS);
  return answer!;
}

Deno.test("429: an address that guesses at tokens is heard no more for a minute, right or wrong", async () => {
  await using relay = relayBehindProxy();
  assertError(await guess(relay, FLOODER, 30), 401, "unknown-token");
  const refused = await guess(relay, FLOODER, 1);
  assertError(refused, 429, "too-many-refusals");
  assertRetryAfter(refused);
  // A right guess looks like a wrong one, whatever role it has.
  for (const token of [VIEWER, AGENT]) {
    assertError(await from(relay, FLOODER, token, "GET", AGENTS), 429, "too-many-refusals");
  }
  assert.equal((await from(relay, NEIGHBOUR, VIEWER, "GET", AGENTS)).status, 200);
  relay.clock.now += 60_000;
  assert.equal((await from(relay, FLOODER, VIEWER, "GET", AGENTS)).status, 200);
});

Deno.test("429: guesses do not lock out who was heard from the same address before", async () => {
  await using relay = relayBehindProxy();
  assert.equal((await from(relay, FLOODER, VIEWER, "GET", AGENTS)).status, 200);
  assertError(await guess(relay, FLOODER, 31), 429, "too-many-refusals");
  assert.equal((await from(relay, FLOODER, VIEWER, "GET", AGENTS)).status, 200);
  assertError(await from(relay, FLOODER, OTHER, "GET", AGENTS), 429, "too-many-refusals");
});

Deno.test("429: all of an IPv6 network counts as one address", async () => {
  await using relay = relayBehindProxy();
  for (let n = 0; n < 30; n++) await guess(relay, `2001:db8:1:2::${n.toString(16)}`, 1);
  assertError(await guess(relay, "2001:db8:1:2:ffff::1", 1), 429, "too-many-refusals");
  assertError(await guess(relay, "2001:db8:1:3::1", 1), 401, "unknown-token");
});

Deno.test("429: calls without a token are no guesses", async () => {
  await using relay = relayBehindProxy();
  for (let n = 0; n < 100; n++) {
    assertError(await from(relay, FLOODER, undefined, "GET", AGENTS), 401, "no-token");
  }
});

Deno.test("a proxy that is not trusted is not limited by its address: nobody can lock out the others", async () => {
  await using relay = new TestRelay();
  assertError(await guess(relay, FLOODER, 100), 401, "unknown-token");
  assert.equal((await from(relay, NEIGHBOUR, VIEWER, "GET", AGENTS)).status, 200);
});

Deno.test("429: session openings of an address over all tokens; another address is served", async () => {
  await using relay = relayBehindProxy({ limits: { sessionBurstPerAddress: 4 } });
  await relay.sync();
  const open = (address: string, token: string) => from(relay, address, token, "POST", SESSIONS, {});
  for (const token of [VIEWER, OTHER, VIEWER, OTHER]) {
    assert.equal((await open(FLOODER, token)).status, 201);
  }
  const refused = await open(FLOODER, VIEWER);
  assertError(refused, 429, "too-many-openings");
  assert.equal(refused.headers.get("Retry-After"), "16");
  assert.equal((await open(NEIGHBOUR, VIEWER)).status, 201);
});

Deno.test("429: a token that opens too many sessions takes nothing from its neighbours' address", async () => {
  await using relay = relayBehindProxy({ limits: { sessionBurst: 2, sessionBurstPerAddress: 3 } });
  await relay.sync();
  const open = (token: string) => from(relay, FLOODER, token, "POST", SESSIONS, {});
  for (let n = 0; n < 2; n++) assert.equal((await open(VIEWER)).status, 201);
  for (let n = 0; n < 20; n++) assertError(await open(VIEWER), 429, "too-many-openings");
  assert.equal((await open(OTHER)).status, 201);
});

Deno.test("429: two relays that share a store count together", async () => {
  const limits = { ...DEFAULT_LIMITS, sessionBurst: 4, refusedTokens: 3 };
  const store = new MemoryStore({ times: DEFAULT_TIMES, limits });
  await using one = relayBehindProxy({ store, limits });
  await using two = relayBehindProxy({ store, limits });
  await one.sync();
  for (const relay of [one, two, one, two]) {
    assert.equal((await from(relay, FLOODER, VIEWER, "POST", SESSIONS, {})).status, 201);
  }
  for (const relay of [one, two]) {
    assertError(await from(relay, FLOODER, VIEWER, "POST", SESSIONS, {}), 429, "too-many-openings");
  }
  for (const relay of [one, two, one]) assertError(await guess(relay, NEIGHBOUR, 1), 401, "unknown-token");
  assertError(await guess(two, NEIGHBOUR, 1), 429, "too-many-refusals");
});

Deno.test("429: agents that flood; one that was there and one of another token are served", async () => {
  const limits = { agents: 5, registrationsPerToken: 8 };
  const second = "agent-token-of-another-household";
  await using relay = relayBehindProxy({ agentTokens: [AGENT, second], limits });
  const sync = (token: string, agentId: string) =>
    from(relay, FLOODER, token, "POST", "/api/internal/agent/sync", { agentId });
  assert.equal((await sync(second, "quiet")).status, 200);
  for (let n = 0; n < 4; n++) assert.equal((await sync(AGENT, `flood-${n}`)).status, 200);
  for (let n = 4; n < 8; n++) assertError(await sync(AGENT, `flood-${n}`), 429, "too-many-agents");
  for (let n = 8; n < 20; n++) {
    const refused = await sync(AGENT, `flood-${n}`);
    assertError(refused, 429, "too-many-registrations");
    assertRetryAfter(refused);
  }
  assert.equal((await sync(AGENT, "flood-3")).status, 200);
  // The flood makes room for who has fewer.
  assert.equal((await sync(second, "quiet")).status, 200);
  assert.equal((await sync(second, "quiet-too")).status, 200);
});

Deno.test("429: registrations of an address, farewells of unknown agents among them", async () => {
  await using relay = relayBehindProxy({ limits: { registrationsPerAddress: 3 } });
  const call = (address: string, kind: string, agentId: string) =>
    from(relay, address, AGENT, "POST", `/api/internal/agent/${kind}`, { agentId });
  assert.equal((await call(FLOODER, "register", "one")).status, 200);
  assert.equal((await call(FLOODER, "sync", "two")).status, 200);
  assert.equal((await call(FLOODER, "deregister", "three")).status, 200);
  for (const kind of ["register", "sync", "deregister"]) {
    assertError(await call(FLOODER, kind, "four"), 429, "too-many-registrations");
  }
  assert.equal((await call(FLOODER, "sync", "one")).status, 200);
  assert.equal((await call(NEIGHBOUR, "register", "four")).status, 200);
});

Deno.test("429: an agent that asks without a pause; its next sync in time is served", async () => {
  await using relay = new TestRelay();
  for (let n = 0; n < 200; n++) assert.equal((await relay.sync()).status, 200);
  const refused = await relay.sync();
  assertError(refused, 429, "too-many-syncs");
  assert.equal(refused.headers.get("Retry-After"), "1");
  assert.equal((await relay.sync(AGENT, "another")).status, 200);
  relay.clock.now += 1_000;
  assert.equal((await relay.sync()).status, 200);
});

Deno.test("429: one side that asks for its events again and again; the other side's are served", async () => {
  await using relay = new TestRelay({ limits: { streamBurst: 5 } });
  const id = await relay.session();
  for (let n = 0; n < 5; n++) await (await relay.events(VIEWER, id)).close();
  const refused = await relay.call(VIEWER, "GET", `${signal(id)}/events`);
  assertError(refused, 429, "too-many-stream-requests");
  assertRetryAfter(refused);
  await (await relay.events(AGENT, id)).close();
  relay.clock.now += 30_000;
  await (await relay.events(VIEWER, id)).close();
});

Deno.test("no address is in the log or the store when limits are met", async () => {
  const keys: string[] = [];
  const store = new MemoryStore();
  const counting = new Proxy(store, {
    get(target, name) {
      if (name === "countEvent") {
        return (key: string, ...more: [number, number, number]) => {
          keys.push(key);
          return target.countEvent(key, ...more);
        };
      }
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await using relay = relayBehindProxy({ store: counting });
  await relay.sync();
  await guess(relay, FLOODER, 40);
  await from(relay, NEIGHBOUR, VIEWER, "POST", SESSIONS, {});
  assert.ok(keys.some((key) => /^refused [\w-]{16}$/.test(key)), keys.join());
  assert.ok(keys.some((key) => /^openings [\w-]{16}$/.test(key)), keys.join());
  const said = JSON.stringify([keys, relay.logs]);
  for (const address of [FLOODER, NEIGHBOUR, "127.0.0.1"]) assert.ok(!said.includes(address));
});
