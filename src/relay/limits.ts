/**
 * Every number of the relay, with its reason. Times are in milliseconds, sizes in bytes.
 * All of them can be set through `RelayOptions`; tests make the times short.
 */

/** How long things last, in milliseconds. */
export interface Times {
  /** One event-stream response; proxies and serverless hosts cut longer ones (signalling.md 6). */
  readonly stream: number;
  /** Between two heartbeat comments; the contract is 10 s, less leaves room for a late timer. */
  readonly heartbeat: number;
  /** A wake request is held this long (control-plane.md 4). */
  readonly wake: number;
  /** A session lives this long after its last message or event request (relay.md). */
  readonly session: number;
  /** A deleted session is kept this long after the agent was handed its `bye`, should that response be cut. */
  readonly closed: number;
  /** A session that the agent does not open is listed this long in sync answers (control-plane.md 3). */
  readonly listing: number;
  /** An agent is online this long after a sync (control-plane.md 4). */
  readonly online: number;
  /** Syncs are ignored this long after a deregister, as a late one may overtake it (control-plane.md 4). */
  readonly deregister: number;
  /** An agent that left is still shown, as offline, this long: a restart should read as 503, not 404. */
  readonly departed: number;
  /** An agent that fell silent is forgotten after this; it registers again by its next sync. */
  readonly silent: number;
  /** `watching` stays true this long after a viewer's last call (control-plane.md 3). */
  readonly watching: number;
  /** A request body must arrive within this, so that a slow sender holds nothing for ever. */
  readonly body: number;
}

export const DEFAULT_TIMES: Times = {
  stream: 25_000,
  heartbeat: 9_000,
  wake: 28_000,
  session: 300_000,
  closed: 30_000,
  listing: 60_000,
  online: 30_000,
  deregister: 5_000,
  departed: 300_000,
  silent: 3_600_000,
  watching: 30_000,
  body: 20_000,
};

/** How much there may be of everything that a client can make grow. */
export interface Limits {
  /** Sessions kept in all. */
  readonly sessions: number;
  /** Live sessions of one viewer token: a page opens one or two, a busy household a dozen. */
  readonly sessionsPerViewer: number;
  /** Live sessions of one agent, which itself serves 8 at once. */
  readonly sessionsPerAgent: number;
  /** Agents remembered. */
  readonly agents: number;
  /** Messages kept in each direction of a session (relay.md). */
  readonly messages: number;
  /** Bytes of messages kept in each direction of a session (relay.md). */
  readonly messageBytes: number;
  /** Bytes of messages kept in all: 10,000 full sessions would be 5 GiB. */
  readonly totalBytes: number;
  /** Event streams open at once, for everybody together. */
  readonly streams: number;
  /** Wake requests open at once for one agent token; one agent has one. */
  readonly wakesPerToken: number;
  /** Messages that one side may post in one session, each second (signalling.md 8). */
  readonly postsPerSecond: number;
  /** New sessions that one viewer token may open in 16 s. */
  readonly sessionBurst: number;
  /** As that for all of one address: several households, where a provider has them share it. */
  readonly sessionBurstPerAddress: number;
  /** Agents that may register with one token in a minute; never less than there may be. */
  readonly registrationsPerToken: number;
  /** Agents that may register from one address in a minute. */
  readonly registrationsPerAddress: number;
  /** Unknown tokens that may come from one address in a minute: a page with an old link tries now and then. */
  readonly refusedTokens: number;
  /** Event streams that one side of a session may ask for at once, and again in 30 s. */
  readonly streamBurst: number;
}

export const DEFAULT_LIMITS: Limits = {
  sessions: 10_000,
  sessionsPerViewer: 64,
  sessionsPerAgent: 256,
  agents: 1_000,
  messages: 256,
  messageBytes: 262_144,
  totalBytes: 268_435_456,
  streams: 10_000,
  wakesPerToken: 1_000,
  postsPerSecond: 100,
  sessionBurst: 80,
  sessionBurstPerAddress: 240,
  registrationsPerToken: 1_000,
  registrationsPerAddress: 600,
  refusedTokens: 30,
  streamBurst: 60,
};

/** Sessions of a relay for each of its agents: starts of 5 minutes, where many begin at once. */
const SESSIONS_PER_AGENT = 2;

/** Memory for each session: a start has some 16 messages of about 500 bytes, with as much again kept for them. */
const BYTES_PER_SESSION = 26_000;

/**
 * The limits of a relay, or of all that share a store, for so many agents: what is bounded for everybody together
 * grows with them, never below what a small one has.
 */
export function limitsFor(agents: number): Limits {
  const most = DEFAULT_LIMITS;
  const sessions = Math.max(most.sessions, SESSIONS_PER_AGENT * agents);
  return {
    ...most,
    agents,
    sessions,
    streams: sessions,
    totalBytes: Math.max(most.totalBytes, BYTES_PER_SESSION * sessions),
    registrationsPerToken: Math.max(most.registrationsPerToken, agents),
  };
}

/** The largest payload in UTF-8 bytes; the schema's own bound counts UTF-16 units, which are never more. */
export const MAX_PAYLOAD_BYTES = 65_536;

/**
 * The largest `data:` line in bytes. The reference ends a session on a line over 262,143 bytes, and JSON escapes
 * can make a legal payload six times as long, so the line itself has a bound too.
 */
export const MAX_EVENT_LINE_BYTES = 262_143;

/** The sessions of one sync answer, in bytes: the reference reads at most 1 MiB and fails on a longer one. */
export const MAX_SYNC_BYTES = 524_288;

/** The longest request URL in UTF-16 units; the relay's own are under 200. */
export const MAX_URL_LENGTH = 2_048;

/** The longest token in characters; a longer header is not even hashed. */
export const MAX_TOKEN_LENGTH = 512;

/** `Retry-After` in seconds where the relay is full: sessions expire in minutes, so soon is pointless. */
export const RETRY_FULL = 30;

/** `Retry-After` in seconds for an agent that is offline: one that starts again is back within seconds. */
export const RETRY_OFFLINE = 2;
