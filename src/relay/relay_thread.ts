/** The module of the relay's thread. */
import { holdInstance } from "../life/instance_guard.ts";
import { runThread } from "../thread/thread.ts";
import { listen } from "./listen.ts";
import { RELAY_CONFINEMENT, type RelayDialogue } from "./relay_messages.ts";

/** Main is told once in so many milliseconds that somebody opens the player: anybody can. */
const TOLD_MS = 10_000;

runThread<RelayDialogue>({
  confinement: () => RELAY_CONFINEMENT,
  start: async ({ instance, ...options }, emit) => {
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
    return {
      ready: { port: server.port },
      command: (access) => server.admit(access),
      stop: () => server.stop(),
    };
  },
});
