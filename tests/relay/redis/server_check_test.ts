import assert from "node:assert/strict";
import { checkServer, ServerError, warningsOf } from "../../../src/relay/redis/server_check.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { RedisStore } from "../../../src/relay/redis/redis_store.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../../src/relay/limits.ts";
import { ignore } from "./support.ts";

Deno.test("a Redis without streams is refused, one that is not named so is taken by what it is compatible with", () => {
  assert.throws(() => warningsOf("redis_version:4.0.14\r\n"), ServerError);
  assert.deepEqual(warningsOf("redis_version:5.0.0\r\nmaxmemory:0\r\n"), []);
  assert.deepEqual(warningsOf("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\n"), []);
  assert.deepEqual(warningsOf(""), []);
});

Deno.test("a Redis that may not be asked what it is is taken", async () => {
  const refused = () =>
    Promise.reject(new Error("NOPERM this user has no permissions to run the 'info' command"));
  assert.deepEqual(await checkServer(refused), []);
});

Deno.test("a Redis that evicts earns a warning", { ignore }, async () => {
  await using redis = await RedisServer.start({
    args: ["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"],
  });
  const warnings: string[] = [];
  using _store = await RedisStore.open({
    address: redis.address,
    rules: { times: DEFAULT_TIMES, limits: DEFAULT_LIMITS },
    log: (level, message) => level === "warn" && warnings.push(message),
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /allkeys-lru.*noeviction/);
});
