/** The agent's side of the relay's HTTP API: register, sync, wake, deregister. */
import * as v from "valibot";

const AgentId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

/**
 * `POST /api/internal/agent/register`. The fields this project reads; those of downloads and other
 * transports are let through unread, so that the Go reference can register too.
 */
export const Register = v.looseObject({
  agentId: AgentId,
  name: v.optional(v.pipe(v.string(), v.maxLength(256))),
  os: v.optional(v.string()),
  arch: v.optional(v.string()),
  version: v.optional(v.pipe(v.string(), v.maxLength(64))),
});
export type Register = v.InferOutput<typeof Register>;

/** `POST /api/internal/agent/sync`, the request. The reference sends `tasks: null` when it has none. */
export const SyncRequest = v.looseObject({
  agentId: AgentId,
  name: v.optional(v.pipe(v.string(), v.maxLength(256))),
  version: v.optional(v.pipe(v.string(), v.maxLength(64))),
  freeSlots: v.optional(v.number()),
  tasks: v.optional(v.nullable(v.array(v.unknown()))),
  canDelete: v.optional(v.boolean()),
});
export type SyncRequest = v.InferOutput<typeof SyncRequest>;

/** A STUN or TURN URL (RFC 7064, RFC 7065). */
const IceUrl = v.pipe(
  v.string(),
  v.maxLength(256),
  v.regex(/^(stun|turn)s?:[^\s@?]+(\?transport=(udp|tcp))?$/i),
);

/** Servers that a relay hands to a box with a session, and URLs of one of them, at most. */
export const MAX_DISPATCHED_SERVERS = 8;
export const MAX_DISPATCHED_URLS = 8;

/** ICE servers that a relay hands to a box with a session; few and short, since it is the relay that says so. */
export const DispatchedIceServers = v.pipe(
  v.array(v.object({
    urls: v.union([IceUrl, v.pipe(v.array(IceUrl), v.maxLength(MAX_DISPATCHED_URLS))]),
    username: v.optional(v.pipe(v.string(), v.maxLength(512))),
    credential: v.optional(v.pipe(v.string(), v.maxLength(512))),
  })),
  v.maxLength(MAX_DISPATCHED_SERVERS),
);

/** One session for the agent to start. An empty or absent `filePath` opens the library. */
export const DispatchedSession = v.object({
  sessionId: v.string(),
  transport: v.optional(v.string()),
  filePath: v.optional(v.string()),
  viewer: v.optional(v.string()),
  /** Not of the reference: for this session, besides the box's own. A wrong list counts as missing. */
  iceServers: v.fallback(v.optional(DispatchedIceServers), undefined),
});
export type DispatchedSession = v.InferOutput<typeof DispatchedSession> & {
  /** Address of the one of several relays that listed it, where it stays; never of the relay's own saying. */
  readonly base?: string;
};

const Sessions = v.fallback(v.optional(v.nullable(v.array(v.unknown()))), undefined);

/**
 * `POST /api/internal/agent/sync`, the answer. A field of a wrong type counts as missing, and sessions are
 * left unchecked here: one that is malformed must not spoil the rest. Later versions of the reference call
 * the array `streamSessions`.
 */
export const SyncResponse = v.looseObject({
  webrtcSessions: Sessions,
  streamSessions: Sessions,
  watching: v.fallback(v.optional(v.boolean()), undefined),
  upgrade: v.fallback(v.optional(v.nullable(v.object({ version: v.string() }))), undefined),
});
export type SyncResponse = v.InferOutput<typeof SyncResponse>;

/** `GET /api/internal/agent/wake`, the answer after at most 28 s. */
export const WakeResponse = v.looseObject({ wake: v.optional(v.boolean()) });

/** `POST /api/internal/agent/deregister` */
export const Deregister = v.looseObject({ agentId: AgentId });
