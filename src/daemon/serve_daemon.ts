import { ConfigError, type ServeConfig } from "../config/config.ts";
import type { BoxIdentity } from "../config/identity.ts";
import type { Daemon, Surroundings } from "./daemon.ts";
import { Engines } from "./engines.ts";
import { agentIdentity } from "./identity.ts";
import { Monitor } from "./monitor.ts";
import { ownInstance } from "./own_instance.ts";
import { PatientEnding, refusedEnding } from "./refused_ending.ts";
import { type RelayAccess, relayAccess } from "./relay_access.ts";
import { ShareHealth } from "./share_health.ts";
import {
  AGENT_CONFINEMENT,
  type AgentDialogue,
  type AgentThreadOptions,
  isAgentEvent,
  isAgentReady,
} from "../serve/agent_messages.ts";
import { turnServers } from "../relay/turn_credentials.ts";
import type { AccessRules } from "../serve/authenticator.ts";
import { Share } from "../serve/share.ts";
import type { DispatchedSession } from "../signal/agent_api.ts";
import { ownFields } from "../trust/link_fields.ts";
import type { SupervisedThread } from "../thread/supervised_thread.ts";
import { Supervisor } from "../thread/supervisor.ts";
import type { ThreadEvents } from "../thread/thread_spec.ts";
import { keepSecret } from "../program/redaction.ts";
import { VERSION } from "../program/version.ts";

/** Sessions of one viewer, where the relay tells viewers apart. */
const MAX_PER_VIEWER = 4;

/** Deregistering may take 5 s; in milliseconds. */
const AGENT_STOP_MS = 6_000;

/**
 * Shares folders, with a relay of its own or through one elsewhere.
 *
 * @throws {ConfigError} for a folder that cannot be shared
 * @throws {ThreadError} for a port that cannot be had, a thread that cannot be started, or where another
 * instance runs already
 */
export async function startServe(config: ServeConfig, program: Surroundings): Promise<Daemon<ServeConfig>> {
  const { files, logLevel, metrics } = program;
  let engines: Engines | undefined;
  let monitor: Monitor | undefined;
  let share: ShareHealth | undefined;
  let isRegistered = false;
  let { turn } = config;
  const ending = new PatientEnding(
    () => engines?.sessions ?? 0,
    ({ message, exitCode }) => program.fail(message, exitCode),
  );
  const supervisor = new Supervisor({
    logLevel,
    onfatal: ({ message }) => program.fail(message),
    ontick: () => {
      engines?.trim();
      ending.check();
      share?.check();
      monitor?.tell({ registered: isRegistered, shareReadable: share?.readable });
    },
  });
  try {
    // Modules of threads load at once; what each is started with follows when it is known.
    const shared = sharedFolders(config.directories);
    const instance = ownInstance(config, shared, program.instance);
    instance.catch(() => {});
    const access = relayAccess(config, supervisor, files, instance, () => engines?.prepare());
    const registered = Promise.withResolvers<void>();
    const options = async () => ({
      ...await agentOptions(config, access, shared),
      instance: access.claims ? undefined : await instance,
    });
    const agent = agentThread(supervisor, files.threads.agent, options, {
      event: (event) => {
        if (event.type === "session") {
          engines?.dispatch(config.remote === undefined ? event.session : withTurn(event.session, turn));
        } else if (event.type === "woken") {
          engines?.prepare();
        } else if (event.type === "refused") {
          isRegistered = false;
          ending.begin(refusedEnding(event.status, event.message, config.remote?.tokenOrigin));
        } else {
          isRegistered = true;
          registered.resolve();
        }
      },
      lost: () => isRegistered = false,
    });
    const agentReady = agent.start();
    if (metrics !== undefined) monitor = new Monitor(supervisor, files.threads.monitor, metrics, agentReady);
    const { roots } = await shared;
    const paths = roots.map(({ path }) => path);
    if (monitor !== undefined) share = new ShareHealth(paths);
    const monitorReady = monitor?.start();
    monitorReady?.catch(() => {});
    // The engine's modules are the large ones: on two processors they would hold up the relay, which is what
    // a viewer meets first.
    const base = await access.base;
    engines = new Engines({
      supervisor,
      url: files.threads.engine,
      limits: { ...limitsOf(config), maxPerViewer: MAX_PER_VIEWER },
      options: {
        roots: paths,
        base,
        token: access.token,
        version: VERSION,
        iceServers: config.iceServers,
        crypto: config.crypto,
        secret: config.identity.secret,
        access: accessOf(config),
      },
    });
    const enginesReady = engines.start();
    const link = access.link && ownLink(config.identity, access.link);
    await Promise.all([agentReady, enginesReady, monitorReady]);
    void registered.promise.then(async () => link && program.out(await link));
    const serving = engines;
    return {
      reload: (config) => {
        supervisor.logLevel = config.logLevel;
        ({ turn } = config);
        serving.reload(limitsOf(config), { iceServers: config.iceServers, access: accessOf(config) });
        access.reload(config);
      },
      stop: async () => {
        agent.tell("quiet");
        // The relay still carries what the others have to say.
        await serving.stop();
        await agent.stop(AGENT_STOP_MS);
        await Promise.all([access.stop(), monitor?.stop()]);
        supervisor.close();
      },
    };
  } catch (error) {
    supervisor.close();
    throw error;
  }
}

/**
 * A session of a relay elsewhere, with credentials for the box's own TURN servers before those that the relay made;
 * a relay of the box's own has them already.
 */
function withTurn(session: DispatchedSession, turn: ServeConfig["turn"]): DispatchedSession {
  const own = turnServers(turn, session.sessionId.slice(0, 8), Date.now());
  return own.length === 0 ? session : { ...session, iceServers: [...own, ...session.iceServers ?? []] };
}

/** Bounds that may change while it runs. */
function limitsOf({ maxSessions, webrtc, engines }: ServeConfig) {
  return { maxSessions, webrtc, maxEngines: engines };
}

async function ownLink(
  { secret, configured }: BoxIdentity,
  link: NonNullable<RelayAccess["link"]>,
): Promise<string> {
  const fields = await ownFields(secret, configured);
  if (fields.key !== undefined) keepSecret(fields.key);
  return await link(fields);
}

/** A key that nobody configured asks for no proof: whoever has a token is let in. */
function accessOf({ identity, open, revoked }: ServeConfig): AccessRules {
  return { proofRequired: identity.configured && !open, revoked };
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
): Promise<Omit<AgentThreadOptions, "instance">> {
  const identity = await agentIdentity(await shared, access.token, config);
  const mirrors = config.remote?.mirrors ?? [];
  return { identity, token: access.token, base: await access.base, mirrors };
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
