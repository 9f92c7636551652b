/** Events that are counted in sliding windows, by all relays together. */
import assert from "node:assert/strict";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../../src/relay/limits.ts";
import { RedisStore } from "../../../src/relay/redis/redis_store.ts";
import { freshPrefix, ignore, redisForAll } from "./support.ts";

const redis = redisForAll();
const NOW = 1_767_225_600_000;
const RULES = { times: DEFAULT_TIMES, limits: DEFAULT_LIMITS };

Deno.test(
  "two relays count the same events, and those that are refused do not count",
  { ignore },
  async () => {
    const options = { address: redis.server.address, rules: RULES, prefix: freshPrefix() };
    using one = await RedisStore.open(options);
    using other = await RedisStore.open(options);
    const count = (store: RedisStore, now: number, key = "opening v1") =>
      store.countEvent(key, 3, 1_000, now);
    assert.equal(await count(one, NOW), 0);
    assert.equal(await count(other, NOW + 100), 0);
    assert.equal(await count(one, NOW + 200), 0);
    assert.equal(await count(other, NOW + 300), 700);
    assert.equal(await count(one, NOW + 999), 1);
    assert.equal(await count(one, NOW + 999, "opening v2"), 0);
    // The window slides: each event leaves it a second after it happened.
    assert.equal(await count(other, NOW + 1_000), 0);
    assert.equal(await count(one, NOW + 1_000), 100);
    assert.equal(await count(one, NOW + 1_100), 0);
    assert.equal(await count(one, NOW + 5_000), 0);
  },
);

Deno.test("a key of events is not to be read in Redis", { ignore }, async () => {
  const prefix = freshPrefix();
  using store = await RedisStore.open({ address: redis.server.address, rules: RULES, prefix });
  assert.equal(await store.countEvent("address 192.0.2.77", 1, 60_000, NOW), 0);
  const keys = await redis.server.command("KEYS", `${prefix}*`);
  assert.match(keys, /:events:/);
  assert.doesNotMatch(keys, /192/);
});
