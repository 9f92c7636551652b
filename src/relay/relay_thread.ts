/** The module of the relay's thread. */
import { holdInstance } from "../life/instance_guard.ts";
import { runThread } from "../thread/thread.ts";
import { listen } from "./listen.ts";
import { RELAY_CONFINEMENT, type RelayDialogue } from "./relay_messages.ts";

/** Main is told of figures so often, in milliseconds. */
const FIGURES_MS = 2_000;

/** Main is told once in so many milliseconds that somebody opens the player: anybody can. */
const TOLD_MS = 10_000;

runThread<RelayDialogue>({
  confinement: () => RELAY_CONFINEMENT,
  start: async ({ instance, drainMs, isMeasured, ...options }, emit) => {
    await holdInstance(instance);
    let toldAt = -Infinity;
    const server = listen({
      ...options,
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
      },
    };
  },
});
