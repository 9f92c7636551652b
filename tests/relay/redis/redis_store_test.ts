import { RedisStore } from "../../../src/relay/redis/redis_store.ts";
import { storeConformance } from "../store_conformance.ts";
import { alternating, freshPrefix, ignore, redisForAll } from "./support.ts";

const redis = redisForAll();

storeConformance(
  "Redis store",
  (rules) => RedisStore.open({ address: redis.server.address, rules, prefix: freshPrefix() }),
  { ignore },
);

storeConformance("three relays on one Redis", (rules) => alternating(redis.server, rules, 3), { ignore });
