/** Redis that goes away under a relay, in every way it can, and comes back with its data or without. */
import assert from "node:assert/strict";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../../src/relay/limits.ts";
import { RedisStore } from "../../../src/relay/redis/redis_store.ts";
import { principalId } from "../../../src/relay/tokens.ts";
import { StoreUnavailable } from "../../../src/relay/store.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { within } from "../../support/within.ts";
import { AGENT, AGENT_ID, assertError, type LogLine, TestRelay, VIEWER } from "../support.ts";
import { ignore } from "./support.ts";

const RULES = { times: DEFAULT_TIMES, limits: DEFAULT_LIMITS };
const PATIENCE_MS = 30_000;

/** A relay on a Redis of its own. */
class RelayOnRedis implements AsyncDisposable {
  /** Whether the store answers, as it said. */
  readonly changes: boolean[] = [];
  #changed = Promise.withResolvers<void>();

  private constructor(
    readonly redis: RedisServer,
    readonly relay: TestRelay,
    readonly store: RedisStore,
    readonly logs: LogLine[],
  ) {}

  static async start(durable = false): Promise<RelayOnRedis> {
    const redis = await RedisServer.start({ durable });
    const logs: LogLine[] = [];
    const made: { relay?: RelayOnRedis } = {};
    const store = await RedisStore.open({
      address: redis.address,
      rules: RULES,
      log: (level, message, properties) => logs.push({ level, message, properties }),
      onchange: (reachable) => made.relay?.change(reachable),
    });
    logs.length = 0;
    const relay = new TestRelay({ store, times: { wake: 20_000 } });
    return made.relay = new RelayOnRedis(redis, relay, store, logs);
  }

  change(reachable: boolean): void {
    this.changes.push(reachable);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Resolves once the store is reachable, or away. */
  async until(reachable: boolean): Promise<void> {
    const reached = async () => {
      while (this.store.reachable !== reachable) await this.#changed.promise;
    };
    await within(PATIENCE_MS, reachable ? "Redis coming back" : "Redis going away", reached());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.relay[Symbol.asyncDispose]();
    this.store.close();
    await this.redis[Symbol.asyncDispose]();
  }
}

const WAKE = "/api/internal/agent/wake";

/** Resolves once a wake of `owner` is held. */
async function opened(store: RedisStore, owner: string): Promise<void> {
  const held = async () => {
    while (await store.openWakes(owner) === 0);
  };
  await within(PATIENCE_MS, "a held wake", held());
}

async function assertAway(relay: TestRelay): Promise<void> {
  const answers = [
    await relay.sync(),
    await relay.call(VIEWER, "GET", "/api/stream/agents"),
    await relay.call(AGENT, "GET", WAKE),
    await relay.call(VIEWER, "POST", "/api/stream/sessions", {}),
    await relay.post(AGENT, "a-session", "offer"),
    await relay.call(VIEWER, "GET", "/api/internal/stream/signal/a-session/events"),
  ];
  for (const answer of answers) {
    assertError(answer, 503, "store-away");
    assert.equal(answer.headers.get("Retry-After"), "1");
  }
  assert.equal((await relay.call(undefined, "GET", "/healthz")).status, 200);
}

Deno.test(
  "Redis that is killed and comes back with its data loses nothing, and streams go on",
  { ignore },
  async () => {
    await using made = await RelayOnRedis.start(true);
    const { redis, relay } = made;
    const id = await relay.session();
    await relay.post(VIEWER, id, "offer", "before");
    const agent = await relay.events(AGENT, id);
    const browser = await relay.events(VIEWER, id);
    assert.equal((await agent.message())?.data.payload, "before");
    const waiting = agent.message();
    await redis.kill();
    await made.until(false);
    await assertAway(relay);
    await redis.start();
    await made.until(true);
    assert.equal((await relay.post(VIEWER, id, "candidate", "after")).status, 200);
    assert.equal((await relay.post(AGENT, id, "answer", "too")).status, 200);
    const received = await waiting;
    assert.deepEqual([received?.id, received?.data.payload], [2, "after"]);
    assert.equal((await browser.message())?.data.payload, "too");
    assert.deepEqual(made.changes, [false, true]);
    assert.deepEqual(made.logs.map(({ message }) => message), ["the store is away", "the store answers"]);
    assert.doesNotMatch(JSON.stringify(made.logs), /127\.0\.0\.1/);
  },
);

Deno.test("Redis that comes back empty has forgotten sessions, and its agents return by their next sync", {
  ignore,
}, async () => {
  await using made = await RelayOnRedis.start();
  const { redis, relay } = made;
  const id = await relay.session();
  const stream = await relay.events(AGENT, id);
  // The wake of the session's making was latched; the second request is held.
  assert.deepEqual((await relay.call(AGENT, "GET", WAKE)).body, { wake: true });
  const held = relay.call(AGENT, "GET", WAKE);
  await opened(made.store, principalId("agent", AGENT));
  await redis.kill();
  await made.until(false);
  await redis.start();
  await made.until(true);
  assert.equal(await stream.message(), undefined, "the stream ends");
  assert.equal((await relay.call(AGENT, "GET", `/api/internal/stream/signal/${id}/events`)).status, 404);
  assert.deepEqual(
    (await within(PATIENCE_MS, "the wake", held)).body,
    { wake: true },
    "it may have missed one",
  );
  assert.deepEqual((await relay.call(VIEWER, "GET", "/api/stream/agents")).body.agents, []);
  assert.equal((await relay.sync()).status, 200);
  const { body } = await relay.call(VIEWER, "GET", "/api/stream/agents");
  assert.deepEqual([body.agents[0].agentId, body.agents[0].online], [AGENT_ID, true]);
});

Deno.test(
  "Redis that stands still counts as away, and what was asked of it is answered 503",
  { ignore },
  async () => {
    await using made = await RelayOnRedis.start(true);
    const { redis, relay } = made;
    const id = await relay.session();
    redis.signal("SIGSTOP");
    try {
      assertError(
        await within(PATIENCE_MS, "the answer", relay.post(VIEWER, id, "offer")),
        503,
        "store-away",
      );
      await made.until(false);
      await assertAway(relay);
    } finally {
      redis.signal("SIGCONT");
    }
    await made.until(true);
    assert.equal((await relay.post(VIEWER, id, "candidate")).status, 200);
  },
);

Deno.test(
  "a message told while a relay did not listen is found when it listens again",
  { ignore },
  async () => {
    await using made = await RelayOnRedis.start(true);
    const { redis, relay } = made;
    using other = await RedisStore.open({ address: redis.address, rules: RULES });
    const id = await relay.session();
    const stream = await relay.events(AGENT, id);
    assert.equal(await stream.block(), "retry: 1500");
    assert.deepEqual((await relay.call(AGENT, "GET", WAKE)).body, { wake: true });
    const held = relay.call(AGENT, "GET", WAKE);
    const message = stream.message();
    const owner = principalId("agent", AGENT);
    await opened(other, owner);
    // The relay's subscription alone is cut, and what is told in that moment is lost.
    const [subscription] = /^id=(\d+)/.exec(await redis.command("CLIENT", "LIST", "TYPE", "pubsub"))!.slice(
      1,
    );
    await redis.command("CLIENT", "KILL", "ID", subscription!);
    await other.append(id, "agent", JSON.stringify({ payload: "told to nobody" }), relay.clock.now);
    await other.wake(owner);
    assert.equal((await message)?.data.payload, "told to nobody");
    assert.deepEqual((await within(PATIENCE_MS, "the wake", held)).body, { wake: true });
  },
);

Deno.test("a wake that a killed relay held does not swallow the next", { ignore }, async () => {
  await using redis = await RedisServer.start();
  using store = await RedisStore.open({ address: redis.address, rules: RULES });
  const crashed = await RedisStore.open({ address: redis.address, rules: RULES });
  const held = crashed.awaitWake("a", new AbortController().signal);
  held.catch(() => {});
  await opened(store, "a");
  crashed.close();
  const gone = async () => {
    while ((await redis.command("PUBSUB", "CHANNELS", "*")).split("\n").length > 1);
  };
  await within(PATIENCE_MS, "its end", gone());
  await store.wake("a");
  assert.equal(await store.openWakes("a"), 0);
  assert.equal(await store.awaitWake("a", AbortSignal.timeout(PATIENCE_MS)), true);
});

Deno.test("commands are not collected while Redis is away", { ignore }, async () => {
  await using made = await RelayOnRedis.start();
  await made.redis.kill();
  await made.until(false);
  for (let n = 0; n < 10_000; n++) {
    await assert.rejects(made.store.append("s", "agent", "x".repeat(10_000), n), StoreUnavailable);
  }
  await made.redis.start();
  await made.until(true);
  assert.equal(await made.redis.command("DBSIZE"), "0");
});

Deno.test("an empty store is what remains when all relays have gone", { ignore }, async () => {
  await using redis = await RedisServer.start();
  const rules = { ...RULES, times: { ...RULES.times, session: 60, listing: 60, silent: 60 } };
  const now = Date.now();
  {
    using store = await RedisStore.open({ address: redis.address, rules });
    await store.sync({ agentId: "box", account: "home" }, "a", now);
    const made = { agentId: "box", owner: "a", viewer: "v", filePath: "" };
    for (const sessionId of ["one", "two", "three"]) await store.createSession({ ...made, sessionId }, now);
    await store.append("one", "agent", "offer", now);
    await store.openReader("one", "agent", 0, now);
    await store.closeSession("two", "bye", now);
    await store.viewerSeen("home", now);
    await store.wake("a");
    await store.awaitWake("b", AbortSignal.timeout(10));
    await store.countEvent("key", 5, 1_000, now);
  }
  const keys = (await redis.command("KEYS", "*")).split("\n");
  assert.ok(keys.length >= 12, keys.join());
  for (const key of keys) {
    const left = Number(await redis.command("PTTL", key));
    assert.ok(left > 0 && left <= 600_000, `${key} has ${left} ms`);
  }
});

Deno.test("a Redis that cannot be had is told in a sentence, without its password", { ignore }, async () => {
  await using redis = await RedisServer.start({ password: "hunter2-of-redis" });
  const open = (address: { url: string; username?: string; password?: string }) =>
    RedisStore.open({ address: { username: undefined, password: undefined, ...address }, rules: RULES });
  await assert.rejects(open({ url: redis.url }), /refuses the user or the password/);
  await assert.rejects(open({ url: redis.url, password: "hunter3-of-redis" }), (error: Error) => {
    assert.doesNotMatch(error.message, /hunter/);
    return /refuses the user or the password/.test(error.message);
  });
  using store = await open({ url: redis.url, password: "hunter2-of-redis" });
  assert.equal(await store.lastViewer(""), undefined);
  const { port } = redis;
  await redis.kill();
  await assert.rejects(open({ url: `redis://127.0.0.1:${port}` }), /cannot be reached \(ECONNREFUSED\)/);
});

Deno.test(
  "a relay that has served starts again without its Redis, and serves when that is back",
  { ignore },
  async () => {
    await using redis = await RedisServer.start();
    await redis.kill();
    using store = await RedisStore.open({ address: redis.address, rules: RULES, patient: true });
    await assert.rejects(store.lastViewer(""), StoreUnavailable);
    await redis.start();
    const answers = async () => {
      for (;;) {
        const answer = await store.lastViewer("").catch((error) => error);
        if (!(answer instanceof StoreUnavailable)) return answer;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    assert.equal(await within(PATIENCE_MS, "an answer", answers()), undefined);
  },
);
