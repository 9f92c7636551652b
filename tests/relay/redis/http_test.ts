/** What the relay answers is the same over Redis: its tests once more, each relay with a store of its own there. */
import { RedisStore } from "../../../src/relay/redis/redis_store.ts";
import type { Store, StoreRules } from "../../../src/relay/store.ts";
import { storeOfTests } from "../support.ts";
import { freshPrefix, ignore, redisForAll } from "./support.ts";

const redis = redisForAll();

/** A store that is still to be opened: its first call waits for that. */
function opening(rules: StoreRules): Store & Disposable {
  const opened = RedisStore.open({ address: redis.server.address, rules, prefix: freshPrefix() });
  return new Proxy({} as Store & Disposable, {
    get(_, name) {
      if (name === Symbol.dispose) return () => opened.then((store) => store.close());
      return async (...args: unknown[]) => {
        const store = await opened;
        return await (Reflect.get(store, name) as (...args: unknown[]) => unknown).apply(store, args);
      };
    },
  });
}

if (!ignore) {
  storeOfTests.make = opening;
  await import("../control_plane_test.ts");
  await import("../event_stream_test.ts");
  await import("../limits_test.ts");
  await import("../privacy_test.ts");
  await import("../status_table_test.ts");
}
