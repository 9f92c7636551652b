/** The module of the relay's thread. */
import { holdInstance } from "../life/instance_guard.ts";
import { runThread } from "../thread/thread.ts";
import { listen } from "./listen.ts";
import { RELAY_CONFINEMENT, type RelayDialogue } from "./relay_messages.ts";

runThread<RelayDialogue>({
  confinement: () => RELAY_CONFINEMENT,
  start: async ({ instance, ...options }) => {
    await holdInstance(instance);
    const server = listen(options);
    return {
      ready: { port: server.port },
      command: (access) => server.admit(access),
      stop: () => server.stop(),
    };
  },
});
