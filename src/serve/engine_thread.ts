/**
 * The module of an engine. WebRTC is most of the program's code: it is loaded when the first session comes or is
 * about to, so that a box that nobody watches does not hold it.
 */
import { runThread } from "../thread/thread.ts";
import { engineConfinement, type EngineDialogue } from "./engine_messages.ts";
import { IdleCollection } from "./idle_collection.ts";
import type { Sessions } from "./sessions.ts";
import { log } from "./log.ts";
import { Share } from "./share.ts";

runThread<EngineDialogue>({
  confinement: ({ roots }) => engineConfinement(roots),
  start: async ({ roots, crypto, secret, access, ...options }, emit) => {
    const share = await Share.of(roots);
    // A folder that has become a link since main looked would lead where nothing may be read.
    if (share.roots.some(({ path }, index) => path !== roots[index])) {
      throw new Error("a shared folder is no longer where it was");
    }
    // Each session takes its options from here when it begins.
    const own = { ...options, share };
    let rules = access;
    const collection = new IdleCollection();
    let sessions: Sessions | undefined;
    const load = async () => {
      const { engineSessions, prepareCertificate } = await import("./engine_sessions.ts");
      await prepareCertificate();
      log.debug("what sessions need is loaded");
      sessions = engineSessions(own, { crypto, secret, access: rules });
      sessions.onproven = (sessionId) => emit({ type: "proven", sessionId });
      sessions.onclosed = (sessionId) => {
        emit({ type: "closed", sessionId });
        if (sessions?.count === 0) collection.idle();
      };
      return sessions;
    };
    let loading: Promise<Sessions> | undefined;
    return {
      ready: undefined,
      load: () => ({
        sessions: sessions?.count ?? 0,
        bufferedBytes: sessions?.bufferedBytes ?? 0,
        bytesSent: sessions?.bytesSent ?? 0,
        ended: sessions?.ended ?? {},
      }),
      command: (command) => {
        if (command.type === "ice-servers") {
          own.iceServers = command.iceServers;
          return;
        }
        if (command.type === "access") {
          rules = command.access;
          sessions?.restrict(rules);
          return;
        }
        loading ??= load();
        // An engine that cannot load what it is for has crashed, and is replaced.
        loading.then((sessions) => {
          if (command.type === "prepare") return;
          collection.busy();
          if (command.type === "start") sessions.start(command.session);
          else sessions.refuse(command.session, command.reason);
        }).catch(reportError);
      },
      stop: async () => await (await loading)?.stop(),
    };
  },
});
