import { ConfigError, type ServeConfig } from "../config/config.ts";
import type { Daemon, Surroundings } from "./daemon.ts";
import { Engines } from "./engines.ts";
import { agentIdentity } from "./identity.ts";
import { refusedEnding } from "./refused_ending.ts";
import { type RelayAccess, relayAccess } from "./relay_access.ts";
import {
  AGENT_CONFINEMENT,
  type AgentDialogue,
  type AgentThreadOptions,
  isAgentEvent,
  isAgentReady,
} from "../serve/agent_messages.ts";
import { Share } from "../serve/share.ts";
import type { SupervisedThread } from "../thread/supervised_thread.ts";
import { Supervisor } from "../thread/supervisor.ts";
import type { ThreadEvents } from "../thread/thread_spec.ts";
import { VERSION } from "../program/version.ts";

/** Sessions of one viewer, where the relay tells viewers apart. */
const MAX_PER_VIEWER = 4;

/** Deregistering may take 5 s; in milliseconds. */
const AGENT_STOP_MS = 6_000;

/**
 * Shares folders, with a relay of its own or through one elsewhere.
 *
 * @throws {ConfigError} for a folder that cannot be shared
 * @throws {ThreadError} for a port that cannot be had, or a thread that cannot be started
 */
export async function startServe(config: ServeConfig, program: Surroundings): Promise<Daemon> {
  const { files, logLevel } = program;
  let engines: Engines | undefined;
  const supervisor = new Supervisor({
    logLevel,
    onfatal: ({ message }) => program.fail(message),
    ontick: () => engines?.trim(),
  });
  try {
    // Modules of threads load at once; what each is started with follows when it is known.
    const access = relayAccess(config, supervisor, files);
    const shared = sharedFolders(config.directories);
    const registered = Promise.withResolvers<void>();
    const agent = agentThread(supervisor, files.threads.agent, () => agentOptions(config, access, shared), {
      event: (event) => {
        if (event.type === "session") {
          engines?.dispatch(event.session);
        } else if (event.type === "refused") {
          const ending = refusedEnding(event.status, event.message, config.remote?.tokenOrigin);
          program.fail(ending.message, ending.exitCode);
        } else registered.resolve();
      },
    });
    const agentReady = agent.start();
    const { roots } = await shared;
    // The engine's modules are the large ones: on two processors they would hold up the relay, which is what
    // a viewer meets first.
    const base = await access.base;
    engines = new Engines({
      supervisor,
      url: files.threads.engine,
      limits: {
        maxSessions: config.maxSessions,
        maxPerViewer: MAX_PER_VIEWER,
        webrtc: config.webrtc,
        maxEngines: config.engines,
      },
      options: {
        roots: roots.map(({ path }) => path),
        base,
        token: access.token,
        version: VERSION,
        iceServers: config.iceServers,
        crypto: config.crypto,
      },
    });
    await Promise.all([agentReady, engines.start()]);
    void registered.promise.then(() => access.link?.then(program.out));
    const serving = engines;
    return {
      stop: async () => {
        // The relay still carries what the others have to say.
        await serving.stop();
        await agent.stop(AGENT_STOP_MS);
        await access.stop();
        supervisor.close();
      },
    };
  } catch (error) {
    supervisor.close();
    throw error;
  }
}

/** The folders, whose paths are made canonical here and nowhere else. */
function sharedFolders(directories: readonly string[]): Promise<Share> {
  const shared = Share.of(directories).catch((error: Error) => {
    throw new ConfigError(error.message);
  });
  // Threads wait for it, too; the first who does tells.
  shared.catch(() => {});
  return shared;
}

async function agentOptions(
  config: ServeConfig,
  access: RelayAccess,
  shared: Promise<Share>,
): Promise<AgentThreadOptions> {
  const identity = await agentIdentity(await shared, access.token, config);
  return { identity, token: access.token, base: await access.base };
}

function agentThread(
  supervisor: Supervisor,
  url: URL,
  options: () => Promise<AgentThreadOptions>,
  events: ThreadEvents<AgentDialogue>,
): SupervisedThread<AgentDialogue> {
  return supervisor.thread({
    name: "agent",
    url,
    confinement: AGENT_CONFINEMENT,
    options,
    isReady: isAgentReady,
    isEvent: isAgentEvent,
  }, events);
}
