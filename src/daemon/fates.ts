import type { RelayConfig, ServeConfig } from "../config/config.ts";
import type { Fates } from "./changes.ts";

const LISTEN = ["the address to listen on", "next start"] as const;
const VIEWER_TOKENS = ["viewer tokens", "at once"] as const;
const ICE_SERVERS = ["STUN and TURN servers", "at once"] as const;
const TURN = ["the secret of TURN servers", "at once"] as const;
const TRUST_PROXY = ["trusted reverse proxies", "at once"] as const;
const LOG_LEVEL = ["the log level", "at once"] as const;
/** They are told each time. */
const WARNINGS = ["warnings", "ignored"] as const;

/** Threads are confined to the folders, and sessions belong to the relay, that were there at the start. */
export const SERVE_FATES: Fates<ServeConfig> = {
  directories: ["shared folders", "next start"],
  remote: ["the relay and its key", "next start"],
  agentId: ["the agent's id", "next start"],
  name: ["the box's name", "next start"],
  webrtc: ["whether WebRTC is offered", "at once"],
  maxSessions: ["the number of sessions", "at once"],
  engines: ["the number of engines", "at once"],
  identity: ["the box's key", "next start"],
  revoked: ["links that were taken back", "at once"],
  open: ["whether viewers need a link", "next start"],
  crypto: ["what seals records", "next start"],
  listen: LISTEN,
  viewerTokens: VIEWER_TOKENS,
  iceServers: ICE_SERVERS,
  turn: TURN,
  trustProxy: TRUST_PROXY,
  logLevel: LOG_LEVEL,
  warnings: WARNINGS,
};

export const RELAY_FATES: Fates<RelayConfig> = {
  agentTokens: ["keys of boxes", "at once"],
  accessLog: ["whether requests are logged", "next start"],
  maxAgents: ["the number of boxes", "next start"],
  drainSeconds: ["the time to drain", "next start"],
  store: ["the store that relays share", "next start"],
  listen: LISTEN,
  viewerTokens: VIEWER_TOKENS,
  iceServers: ICE_SERVERS,
  turn: TURN,
  trustProxy: TRUST_PROXY,
  logLevel: LOG_LEVEL,
  warnings: WARNINGS,
};
