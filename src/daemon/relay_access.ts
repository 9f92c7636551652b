import { randomToken, type ServeConfig } from "../config/config.ts";
import type { Instance } from "../life/instance_ports.ts";
import type { ProgramFiles } from "../program/program_files.ts";
import type { Supervisor } from "../thread/supervisor.ts";
import { localBase, playerLink } from "./link.ts";
import { RelayThread } from "./relay_daemon.ts";

/** The relay of a box, as its agent and engines reach it. */
export interface RelayAccess {
  /** The agent's key. */
  readonly token: string;
  /** Its address, without a slash at the end. Rejects with a ThreadError where it cannot be started. */
  readonly base: Promise<string>;
  /** The player's link, where the relay is this box's own. */
  readonly link: Promise<string> | undefined;
  /** Whether its thread claims the box's instance; else that is left to the agent's. */
  readonly claims: boolean;
  /** Takes over who may watch, and the servers that viewers are told. */
  reload(config: ServeConfig): void;
  stop(): Promise<void>;
}

/**
 * The relay that is configured elsewhere, else one of its own: a thread, which begins to start.
 *
 * @param instance what the box is, claimed before a relay of its own listens: its port would be taken
 * @param onplayer a browser has opened the player at a relay of its own
 */
export function relayAccess(
  config: ServeConfig,
  supervisor: Supervisor,
  files: ProgramFiles,
  instance: Promise<Instance | undefined>,
  onplayer: () => void,
): RelayAccess {
  if (config.remote !== undefined) {
    const { base, token } = config.remote;
    return {
      token,
      base: Promise.resolve(base),
      link: undefined,
      claims: false,
      reload: () => {},
      stop: () => Promise.resolve(),
    };
  }
  // For this box alone: nobody else ever sees its agent's token.
  const token = randomToken();
  const agentTokens = [token];
  const relay = new RelayThread(
    supervisor,
    files,
    config.listen,
    { ...config, agentTokens },
    { instance, onplayer },
  );
  const port = relay.start().then((ready) => ready.port);
  const base = port.then((port) => localBase(config.listen.hostname, port));
  const link = port.then((port) => playerLink(config.listen, port, config.viewerTokens[0]!));
  // Who waits for the base hears of a failure.
  for (const promise of [base, link]) promise.catch(() => {});
  return {
    token,
    base,
    link,
    claims: true,
    reload: (config) => relay.admit({ ...config, agentTokens }),
    stop: () => relay.stop(),
  };
}
