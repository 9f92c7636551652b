/** The module of the relay's thread, where many relays share a Redis: no other thread loads its client. */
import { relayLog } from "./listen.ts";
import { DEFAULT_TIMES, limitsFor } from "./limits.ts";
import { RedisStore } from "./redis/redis_store.ts";
import { runRelay } from "./relay_body.ts";

runRelay(({ store: address, patient, maxAgents }, onchange) => {
  if (address === undefined) throw new Error("a relay on Redis has to be told where that is");
  const rules = { times: DEFAULT_TIMES, limits: limitsFor(maxAgents) };
  return RedisStore.open({ address, rules, patient, onchange, log: relayLog });
});
