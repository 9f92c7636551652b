/** Lists of agents in Redis that name what is no longer there. */
import assert from "node:assert/strict";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../../src/relay/limits.ts";
import { RedisStore } from "../../../src/relay/redis/redis_store.ts";
import { freshPrefix, ignore, redisForAll } from "./support.ts";

const NOW = 1_767_225_600_000;

const redis = redisForAll();

Deno.test("Redis agents: keys that ended by themselves count for no token, and hold up nobody", {
  ignore,
}, async () => {
  const prefix = freshPrefix();
  using store = await RedisStore.open({
    address: redis.server.address,
    rules: { times: DEFAULT_TIMES, limits: { ...DEFAULT_LIMITS, agents: 3 } },
    prefix,
  });
  const register = (agentId: string, owner: string) => store.register({ agentId }, owner, NOW);
  for (const [agentId, owner] of [["one", "a1"], ["two", "a1"], ["three", "a2"]] as const) {
    assert.equal(await register(agentId, owner), "new");
  }
  // What is left where no relay swept in time: a count without its list, and a list of agents that are gone.
  await redis.server.command("ZADD", `${prefix}:owners`, "9", "a8", "5", "a9");
  await redis.server.command("SADD", `${prefix}:owner-has:a9`, "g1", "g2", "g3", "g4", "g5");
  assert.equal(await register("four", "a2"), "full");
  assert.equal(await register("four", "a3"), "new");
  assert.equal((await store.agentsOf("a1", NOW)).length, 1);
  // Those are looked through that stand before a token that has as many.
  const left = await redis.server.command("ZRANGE", `${prefix}:owners`, "0", "-1", "WITHSCORES");
  assert.deepEqual(left.split("\n"), ["a1", "1", "a2", "1", "a3", "1", "a9", "1"]);
});
