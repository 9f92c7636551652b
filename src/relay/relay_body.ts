/** What the relay's thread does, whatever its store is. */
import { holdInstance } from "../life/instance_guard.ts";
import { runThread } from "../thread/thread.ts";
import { limitsFor } from "./limits.ts";
import { listen } from "./listen.ts";
import { RELAY_CONFINEMENT, type RelayDialogue, type RelayThreadOptions } from "./relay_messages.ts";
import type { Store } from "./store.ts";

/** Main is told of figures so often, in milliseconds. */
const FIGURES_MS = 2_000;

/** Main is told once in so many milliseconds that somebody opens the player: anybody can. */
const TOLD_MS = 10_000;

/**
 * Makes the store that relays share, or undefined where each keeps all to itself.
 *
 * @param onchange to be told whether it can be reached, when that changes
 */
export type OpenStore = (
  options: RelayThreadOptions,
  onchange: (reachable: boolean) => void,
) => Promise<Store & Disposable> | undefined;

/** Runs a relay in this thread. To be called once, from the thread's module. */
export function runRelay(openStore: OpenStore): void {
  runThread<RelayDialogue>({
    confinement: () => RELAY_CONFINEMENT,
    start: async (options, emit) => {
      const { instance, store: _, patient: __, drainMs, isMeasured, maxAgents, ...service } = options;
      await holdInstance(instance);
      let toldAt = -Infinity;
      const store = await openStore(options, (reachable) => emit({ type: "store", reachable }));
      try {
        const server = listen({
          ...service,
          limits: limitsFor(maxAgents),
          ...(store === undefined ? {} : { store }),
          onplayer: () => {
            const now = performance.now();
            if (now - toldAt < TOLD_MS) return;
            toldAt = now;
            emit({ type: "player-opened" });
          },
        });
        const tell = () => emit({ type: "figures", figures: server.figures() });
        const telling = isMeasured ? setInterval(tell, FIGURES_MS) : undefined;
        return {
          ready: { port: server.port },
          command: (access) => server.admit(access),
          stop: async () => {
            await server.stop(drainMs);
            clearInterval(telling);
            store?.[Symbol.dispose]();
          },
        };
      } catch (error) {
        store?.[Symbol.dispose]();
        throw error;
      }
    },
  });
}
