import { randomToken, type ServeConfig } from "../config/config.ts";
import type { ProgramFiles } from "../program/program_files.ts";
import { localBase, playerLink } from "./link.ts";
import { RELAY_STOP_MS, relayThread } from "./relay_daemon.ts";
import type { Supervisor } from "../thread/supervisor.ts";

/** The relay of a box, as its agent and engines reach it. */
export interface RelayAccess {
  /** The agent's key. */
  readonly token: string;
  /** Its address, without a slash at the end. Rejects with a ThreadError where it cannot be started. */
  readonly base: Promise<string>;
  /** The player's link, where the relay is this box's own. */
  readonly link: Promise<string> | undefined;
  stop(): Promise<void>;
}

/** The relay that is configured elsewhere, else one of its own: a thread, which begins to start. */
export function relayAccess(config: ServeConfig, supervisor: Supervisor, files: ProgramFiles): RelayAccess {
  if (config.remote !== undefined) {
    const { base, token } = config.remote;
    return { token, base: Promise.resolve(base), link: undefined, stop: () => Promise.resolve() };
  }
  // For this box alone: nobody else ever sees its agent's token.
  const token = randomToken();
  const relay = relayThread(supervisor, files, { ...config, agentTokens: [token] });
  const port = relay.start().then((ready) => ready.port);
  const base = port.then((port) => localBase(config.listen.hostname, port));
  const link = port.then((port) => playerLink(config.listen, port, config.viewerTokens[0]!));
  // Who waits for the base hears of a failure.
  for (const promise of [base, link]) promise.catch(() => {});
  return { token, base, link, stop: () => relay.stop(RELAY_STOP_MS) };
}
