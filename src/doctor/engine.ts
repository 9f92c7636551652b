import {
  engineConfinement,
  type EngineDialogue,
  isEngineEvent,
  isEngineReady,
} from "../serve/engine_messages.ts";
import { VERSION } from "../program/version.ts";
import type { Supervisor } from "../thread/supervisor.ts";
import { bad, type Finding, good, none } from "./check.ts";

/**
 * Starts an engine, which asks the runtime what it may do, tries what it must not be able to, and serves only
 * where all is right.
 *
 * @param url its module
 * @param roots canonical paths of folders that can be read
 */
export async function lookAtThreads(
  supervisor: Supervisor,
  url: URL,
  roots: readonly string[],
): Promise<Finding> {
  if (roots.length === 0) return none("there is no folder to start one with");
  const engine = supervisor.thread<EngineDialogue>({
    name: "engine",
    url,
    confinement: engineConfinement(roots),
    // It is given no session, so that it asks no relay.
    options: () => ({
      roots,
      base: "http://localhost",
      token: "",
      version: VERSION,
      iceServers: [],
      crypto: "node",
      secret: new Uint8Array(32),
      access: { proofRequired: true, revoked: [] },
    }),
    isReady: isEngineReady,
    isEvent: isEngineEvent,
  });
  try {
    await engine.start();
    return good("confined: they read the shared folders, use the network, and can do nothing else");
  } catch (error) {
    return bad(
      error instanceof Error ? error.message : String(error),
      "Start unarr-stream as its documentation says: the runtime has to confine its threads.",
    );
  } finally {
    engine.terminate();
  }
}
