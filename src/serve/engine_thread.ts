/** The module of an engine. */
import { useCrypto } from "../rtc/secure_channels.ts";
import { runThread } from "../thread/thread.ts";
import { engineConfinement, type EngineDialogue } from "./engine_messages.ts";
import { Sessions } from "./sessions.ts";
import { Share } from "./share.ts";

runThread<EngineDialogue>({
  confinement: ({ roots }) => engineConfinement(roots),
  start: async ({ roots, crypto, ...options }, emit) => {
    useCrypto(crypto);
    const share = await Share.of(roots);
    // A folder that has become a link since main looked would lead where nothing may be read.
    if (share.roots.some(({ path }, index) => path !== roots[index])) {
      throw new Error("a shared folder is no longer where it was");
    }
    const sessions = new Sessions({ ...options, share });
    sessions.onclosed = (sessionId) => emit({ type: "closed", sessionId });
    return {
      ready: undefined,
      sessions: () => sessions.count,
      bytesSent: () => sessions.bytesSent,
      command: (command) => {
        if (command.type === "start") sessions.start(command.session);
        else sessions.refuse(command.session, command.reason);
      },
      stop: () => sessions.stop(),
    };
  },
});
