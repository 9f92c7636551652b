/// <reference lib="dom" />
import { LIBRARY_LABEL } from "../../signal/library_api.ts";
import { SignalLink } from "../../signal/link.ts";
import { aborted, PlayerError } from "./errors.ts";
import type { HeartbeatSettings } from "./heartbeat.ts";
import { Peer } from "./peer.ts";
import { DEFAULT_PEER_SETTINGS, type PeerSettings } from "./peer_settings.ts";
import { type LinkTrust, readTrust } from "./link_trust.ts";
import { createSession, type RelayAccess } from "./relay_client.ts";
import { Session } from "./session.ts";
import { Sightings } from "./sights.ts";
import type { Trace } from "./trace.ts";
import { TrustedExchange } from "./trusted_exchange.ts";

/**
 * The way to a session: the relay is asked for one, the agent for an answer, and then the two sides look
 * for a way to each other.
 */
export type ConnectStep = "relay" | "agent" | "network";

export interface ConnectOptions extends RelayAccess {
  /** Which box; may be left out while the relay knows only one. */
  readonly agentId?: string;
  /** What the link says of the box, which is then the only one that is believed; {@link linkTrust} reads it. */
  readonly trust?: LinkTrust | undefined;
  /** A single file in place of the library; then {@link Session.file} has it. */
  readonly filePath?: string;
  /** Gives up connecting. An open session is not touched by it. */
  readonly signal?: AbortSignal;
  /** Told where it is, for a status line. */
  readonly onStep?: (step: ConnectStep) => void;
  /** Told what happens, for a timeline. */
  readonly trace?: Trace;
  /** Another engine than the browser's own. */
  readonly RTCPeerConnection?: typeof RTCPeerConnection;
  readonly settings?: Partial<PeerSettings>;
  readonly heartbeat?: Partial<HeartbeatSettings>;
}

/**
 * Connects to a box through a relay.
 *
 * @throws {PlayerError} relay-unreachable, unauthorised, agent-offline, agent-unknown, several-agents,
 *   session-expired, refused, bad-link, not-trusted, not-authorised, webrtc-missing, connect-timeout, protocol,
 *   busy, aborted
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  const { signal, onStep = () => {}, trace = () => {} } = options;
  if (signal?.aborted) throw aborted(signal);
  const Engine = options.RTCPeerConnection ?? globalThis.RTCPeerConnection;
  if (!Engine) {
    throw new PlayerError("webrtc-missing", "This browser has no WebRTC, or it is switched off.");
  }

  const keys = options.trust && readTrust(options.trust);

  onStep("relay");
  trace("relay-asked");
  const access = { relay: options.relay.replace(/\/+$/, ""), token: options.token };
  const creating = createSession(access, {
    ...(options.agentId === undefined ? {} : { agentId: options.agentId }),
    ...(options.filePath === undefined ? {} : { filePath: options.filePath }),
  }, signal);
  // It makes itself ready meanwhile.
  const trust = new TrustedExchange(keys);
  const created = await creating;

  trace("session-made");
  onStep("agent");
  const link = new SignalLink({
    base: access.relay,
    token: access.token,
    sessionId: created.sessionId,
    role: "browser",
  });
  return await new Promise<Session>((resolve, reject) => {
    const { iceServers } = created;
    const engine = newEngine(Engine, iceServers);
    const kind = options.filePath === undefined ? "library" : "file";
    const abort = () => peer.close(aborted(signal));
    const peer = new Peer(engine, kind === "library" ? LIBRARY_LABEL : "file", link, {
      onAnswer: () => onStep("network"),
      onOpen: () => {
        signal?.removeEventListener("abort", abort);
        session.enter("open");
        resolve(session);
      },
      onInterrupted: () => session.enter("interrupted"),
      onDoubt: () => session.dispatchEvent(new Event("doubt")),
      onClosed: (error) => {
        signal?.removeEventListener("abort", abort);
        session.end(error);
        reject(error);
      },
    }, {
      settings: { ...DEFAULT_PEER_SETTINGS, ...options.settings },
      sightings: new Sightings(iceServers),
      trace,
      sessionId: created.sessionId,
      trust,
    });
    const session = new Session(created, peer, kind, { trace, heartbeat: options.heartbeat ?? {} });
    signal?.addEventListener("abort", abort, { once: true });
    void peer.start();
  });
}

function newEngine(Engine: typeof RTCPeerConnection, iceServers: RTCIceServer[]): RTCPeerConnection {
  try {
    return new Engine({ iceServers });
  } catch (cause) {
    throw new PlayerError("webrtc-missing", "WebRTC is switched off in this browser.", {
      reason: "no-connection",
      cause,
    });
  }
}
