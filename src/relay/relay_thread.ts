/** The module of the relay's thread. */
import { runThread } from "../thread/thread.ts";
import { listen } from "./listen.ts";
import { RELAY_CONFINEMENT, type RelayDialogue } from "./relay_messages.ts";

runThread<RelayDialogue>({
  confinement: () => RELAY_CONFINEMENT,
  start: (options) => {
    const server = listen(options);
    return Promise.resolve({ ready: { port: server.port }, stop: () => server.stop() });
  },
});
