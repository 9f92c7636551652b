/** A store whose failures and round trips are counted: one that is another program, over a network. */
import type { RelayMetrics } from "./relay_metrics.ts";
import type { Store } from "./store.ts";

/** Methods that wait for something to happen: their time says nothing of the store. */
const WAITING: readonly string[] = ["awaitWake", "next"];

/** `store`, with each call counted under the method's name. */
export function measuredStore(store: Store, metrics: RelayMetrics): Store {
  const measured = new Map<string, unknown>();
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function" || typeof name !== "string") return value;
      if (!measured.has(name)) measured.set(name, timed(name, value.bind(target), metrics));
      return measured.get(name);
    },
  });
}

type Method = (...args: unknown[]) => unknown;

function timed(operation: string, method: Method, metrics: RelayMetrics): Method {
  return async (...args) => {
    const began = performance.now();
    try {
      return await method(...args);
    } catch (error) {
      metrics.count("unarr_relay_store_failures_total", { operation });
      throw error;
    } finally {
      if (!WAITING.includes(operation)) {
        metrics.observe(
          "unarr_relay_store_duration_seconds",
          { operation },
          (performance.now() - began) / 1_000,
        );
      }
    }
  };
}
