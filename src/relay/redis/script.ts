/** Lua scripts, which Redis runs one at a time and whole: what a rule reads is still so when it writes. */
import { createHash } from "node:crypto";
import { DEPARTED_ROOM_MS, GRACE_MS } from "./lifetimes.ts";
import type { StoreRules } from "../store.ts";

/** One script, as EVALSHA and EVAL want it. */
export interface Script {
  readonly text: string;
  /** SHA-1 of the text in hexadecimal, by which Redis knows it. */
  readonly sha: string;
}

/**
 * `body` with the rules in front as constants and what all scripts share. `KEYS[1]` is the prefix of every key; it
 * holds a hash tag (Redis Cluster specification, "Hash tags"), so that all keys are in one slot. Numbers that are
 * times are milliseconds since 1970.
 */
export function script({ times, limits }: StoreRules, body: string): Script {
  const constants = {
    SESSION_MS: times.session,
    CLOSED_MS: times.closed,
    LISTING_MS: times.listing,
    DEREGISTER_MS: times.deregister,
    DEPARTED_MS: times.departed,
    SILENT_MS: times.silent,
    MISSING_MS: DEPARTED_ROOM_MS,
    GRACE_MS,
    MAX_SESSIONS: limits.sessions,
    MAX_SESSIONS_PER_VIEWER: limits.sessionsPerViewer,
    MAX_SESSIONS_PER_AGENT: limits.sessionsPerAgent,
    MAX_AGENTS: limits.agents,
    MAX_MESSAGES: limits.messages,
    MAX_MESSAGE_BYTES: limits.messageBytes,
    MAX_TOTAL_BYTES: limits.totalBytes,
  };
  const lines = Object.entries(constants).map(([name, value]) => `local ${name} = ${value}\n`);
  const text = lines.join("") + SHARED + body;
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

const SHARED = `
local function key(name, id)
  if id == nil then return KEYS[1] .. ':' .. name end
  return KEYS[1] .. ':' .. name .. ':' .. id
end

-- Has the relay in which somebody waits look again; the number of relays that heard it.
local function tell(instance, notice)
  if not instance then return 0 end
  return redis.call('PUBLISH', key('instance', instance), notice)
end
`;
