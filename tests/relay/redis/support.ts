/** Stores on one Redis for the tests of a file. */
import { RedisStore } from "../../../src/relay/redis/redis_store.ts";
import type { Place, Store, StoreRules } from "../../../src/relay/store.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { FULL } from "../../support/extent.ts";

const installed = await RedisServer.installed();

/** For tests that need Redis: left out where the machine has none, unless all must run. */
export const ignore = !installed && !FULL;

let prefixes = 0;

/** A prefix that no other test uses. */
export function freshPrefix(): string {
  return `{test-${prefixes += 1}}`;
}

/** One Redis for all tests of a file, which is there before them and gone after. */
export function redisForAll(): { readonly server: RedisServer } {
  let server: RedisServer | undefined;
  if (!ignore) {
    Deno.test.beforeAll(async () => {
      server = await RedisServer.start();
    });
    Deno.test.afterAll(async () => {
      await server?.[Symbol.asyncDispose]();
    });
  }
  return {
    get server() {
      if (server === undefined) throw new Error("Redis runs only while tests do");
      return server;
    },
  };
}

/** Several stores that share a Redis as one: each call goes to the next of them. */
export async function alternating(
  server: RedisServer,
  rules: StoreRules,
  count: number,
): Promise<Store & Disposable> {
  const prefix = freshPrefix();
  const stores: RedisStore[] = [];
  for (let n = 0; n < count; n++) {
    stores.push(await RedisStore.open({ address: server.address, rules, prefix }));
  }
  let turn = 0;
  const any = () => stores[turn++ % count]!;
  /** A stream is read where it was opened. */
  const readers = new Map<string, RedisStore>();
  const nameOf = ({ sessionId, reader, generation }: Place) => `${sessionId} ${reader} ${generation}`;
  return new Proxy(stores[0]!, {
    get(_, name) {
      if (name === Symbol.dispose) return () => stores.forEach((store) => store.close());
      if (name === "openReader") {
        return async (...args: Parameters<Store["openReader"]>) => {
          const store = any();
          const place = await store.openReader(...args);
          if (place !== undefined) readers.set(nameOf(place), store);
          return place;
        };
      }
      if (name === "next") {
        return (...args: Parameters<Store["next"]>) => readers.get(nameOf(args[0]))!.next(...args);
      }
      const store = any();
      const value = Reflect.get(store, name);
      return typeof value === "function" ? value.bind(store) : value;
    },
  });
}
