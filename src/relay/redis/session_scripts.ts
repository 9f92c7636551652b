/**
 * Sessions and their messages. Below the prefix:
 *
 * | key                     | type    | holds                                                                     |
 * | ----------------------- | ------- | ------------------------------------------------------------------------- |
 * | session:ID              | hash    | the session; for each side its last id, bytes, stream and where that is read |
 * | messages:SIDE:ID        | stream  | the messages for a side; entry `n-0` is the message with the id n         |
 * | sessions                | zset    | all ids by the time they expire                                           |
 * | sizes, bytes            | hash, n | bytes of messages of each session, and of all                             |
 * | viewer:V, agent-has:A   | set     | ids of live sessions                                                      |
 * | pending:A               | zset    | ids that the agent has not opened, by the time they were made             |
 * | closed, closed-by:V     | zset    | ids of deleted sessions, by the time they were made                       |
 * | order                   | n       | counts sessions that were made                                            |
 */
import type { StoreRules } from "../store.ts";
import { type Script, script } from "./script.ts";

export interface SessionScripts {
  readonly create: Script;
  readonly pending: Script;
  readonly close: Script;
  readonly append: Script;
  readonly open: Script;
  readonly look: Script;
  readonly sweep: Script;
}

export function sessionScripts(rules: StoreRules): SessionScripts {
  const of = (body: string) => script(rules, SHARED + body);
  return {
    create: of(CREATE),
    pending: of(PENDING),
    close: of(CLOSE),
    append: of(APPEND),
    open: of(OPEN),
    look: of(LOOK),
    sweep: of(SWEEP),
  };
}

const SHARED = `
local TTL = SESSION_MS + GRACE_MS

local function stream(side, id) return key('messages:' .. side, id) end

-- Notes how many bytes of messages a session has more, or fewer.
local function resize(id, more)
  if more == 0 then return end
  redis.call('HINCRBY', key('sizes'), id, more)
  if redis.call('INCRBY', key('bytes'), more) < 0 then redis.call('SET', key('bytes'), 0) end
  redis.call('PEXPIRE', key('sizes'), TTL + GRACE_MS)
  redis.call('PEXPIRE', key('bytes'), TTL + GRACE_MS)
end

-- Notes until when a session lives.
local function keep(id, expires)
  redis.call('HSET', key('session', id), 'expires', expires)
  redis.call('PEXPIRE', key('session', id), TTL)
  redis.call('ZADD', key('sessions'), expires, id)
  redis.call('PEXPIRE', key('sessions'), TTL + GRACE_MS)
end

-- Takes a session off the lists of live ones.
local function retire(id, agent, viewer)
  redis.call('SREM', key('viewer', viewer), id)
  redis.call('SREM', key('agent-has', agent), id)
  redis.call('ZREM', key('pending', agent), id)
end

local function forget(id)
  local s = redis.call('HMGET', key('session', id), 'agent', 'viewer', 'at:agent', 'at:browser')
  resize(id, -tonumber(redis.call('HGET', key('sizes'), id) or 0))
  redis.call('HDEL', key('sizes'), id)
  redis.call('DEL', key('session', id), stream('agent', id), stream('browser', id))
  redis.call('ZREM', key('sessions'), id)
  redis.call('ZREM', key('closed'), id)
  if s[1] then
    retire(id, s[1], s[2])
    redis.call('ZREM', key('closed-by', s[2]), id)
  end
  tell(s[3], 's agent ' .. id)
  tell(s[4], 's browser ' .. id)
end

-- Forgets what has expired, so many at most that others are not kept waiting.
local function sweep(now)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('sessions'), '-inf', now, 'LIMIT', 0, 1000)) do forget(id) end
end

-- Forgets the oldest of a list of deleted sessions, past those that are gone already.
local function forgetOldest(list)
  while true do
    local id = redis.call('ZRANGE', list, 0, 0)[1]
    if not id then return end
    local known = redis.call('ZSCORE', key('sessions'), id)
    if known then forget(id) end
    redis.call('ZREM', list, id)
    if known then return end
  end
end

-- The fields of a session that is there at this time, or nil.
local function find(id, now, ...)
  local s = redis.call('HMGET', key('session', id), 'expires', 'closed', ...)
  if not s[1] or now >= tonumber(s[1]) then return nil end
  return s
end

local now, id = tonumber(ARGV[1]), ARGV[2]
`;

/** ARGV: now, session, agent, owner, viewer, path. "made", or the bound that forbids it. */
const CREATE = `
local agent, owner, viewer, path = ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local function crowded(list, limit)
  if redis.call('SCARD', list) < limit then return false end
  for _, other in ipairs(redis.call('SMEMBERS', list)) do
    local expires = redis.call('ZSCORE', key('sessions'), other)
    if not expires or tonumber(expires) <= now then redis.call('SREM', list, other) end
  end
  return redis.call('SCARD', list) >= limit
end

sweep(now)
if crowded(key('viewer', viewer), MAX_SESSIONS_PER_VIEWER) then return 'viewer-full' end
if crowded(key('agent-has', agent), MAX_SESSIONS_PER_AGENT) then return 'agent-full' end
if redis.call('ZCARD', key('sessions')) >= MAX_SESSIONS then forgetOldest(key('closed')) end
if redis.call('ZCARD', key('sessions')) >= MAX_SESSIONS then return 'relay-full' end
-- Sessions of one millisecond stay in order by a fraction, of which a double has room for 1/4096 at this size.
local made = now + redis.call('INCR', key('order')) % 4096 / 4096
redis.call('PEXPIRE', key('order'), TTL)
redis.call('HSET', key('session', id), 'agent', agent, 'owner', owner, 'viewer', viewer, 'path', path, 'made', made)
keep(id, now + SESSION_MS)
redis.call('SADD', key('viewer', viewer), id)
redis.call('PEXPIRE', key('viewer', viewer), TTL)
redis.call('SADD', key('agent-has', agent), id)
redis.call('PEXPIRE', key('agent-has', agent), TTL)
redis.call('ZADD', key('pending', agent), made, id)
redis.call('PEXPIRE', key('pending', agent), LISTING_MS + GRACE_MS)
return 'made'
`;

/** ARGV: now, agent, owner. For each session its id, agent, owner, viewer, path and expiry, oldest first. */
const PENDING = `
local agent, owner = ARGV[2], ARGV[3]
local list = key('pending', agent)
local found = {}
for _, other in ipairs(redis.call('ZRANGEBYSCORE', list, now - LISTING_MS + 1, '+inf')) do
  local s = redis.call('HMGET', key('session', other), 'agent', 'owner', 'viewer', 'path', 'expires')
  if s[1] and s[2] == owner and now < tonumber(s[5]) then
    table.insert(found, {other, s[1], s[2], s[3], s[4], s[5]})
  end
end
return found
`;

/** ARGV: now, session, last message. 1, or 0 where it was not live. */
const CLOSE = `
local s = find(id, now, 'agent', 'viewer', 'made', 'last:agent', 'bytes:agent', 'bytes:browser', 'at:agent', 'at:browser')
if not s or s[2] then return 0 end
local agent, viewer = s[3], s[4]
-- The agent needs nothing but the end; what else it had not read would only take room.
redis.call('DEL', stream('agent', id), stream('browser', id))
local last = tonumber(s[6] or 0) + 1
redis.call('XADD', stream('agent', id), string.format('%.0f-0', last), 'd', ARGV[3])
redis.call('PEXPIRE', stream('agent', id), TTL)
resize(id, #ARGV[3] - tonumber(s[7] or 0) - tonumber(s[8] or 0))
redis.call('HSET', key('session', id), 'closed', 1, 'last:agent', last, 'bytes:agent', #ARGV[3], 'bytes:browser', 0)
keep(id, now + SESSION_MS)
retire(id, agent, viewer)
for _, list in ipairs({key('closed'), key('closed-by', viewer)}) do
  redis.call('ZADD', list, s[5], id)
  redis.call('PEXPIRE', list, TTL)
end
tell(s[9], 's agent ' .. id)
tell(s[10], 's browser ' .. id)
if redis.call('ZCARD', key('closed-by', viewer)) > MAX_SESSIONS_PER_VIEWER then
  forgetOldest(key('closed-by', viewer))
end
return 1
`;

/** ARGV: now, session, side it is for, message, key. The message's id; 0 where the session is gone, -1 without room. */
const APPEND = `
local side, data, once = ARGV[3], ARGV[4], ARGV[5]
local s = find(id, now, 'last:' .. side, 'bytes:' .. side, 'at:' .. side, 'once:' .. side)
if not s or s[2] then return 0 end
local last, bytes = tonumber(s[3] or 0), tonumber(s[4] or 0)
-- Its sender did not hear that the last one was kept.
if once ~= '' and once == s[6] then return last end
local function full() return tonumber(redis.call('GET', key('bytes')) or 0) + #data > MAX_TOTAL_BYTES end
if full() then
  sweep(now)
  if full() then return -1 end
end
last = last + 1
redis.call('XADD', stream(side, id), string.format('%.0f-0', last), 'd', data)
redis.call('PEXPIRE', stream(side, id), TTL)
local size = bytes + #data
local count = redis.call('XLEN', stream(side, id))
while count > MAX_MESSAGES or (size > MAX_MESSAGE_BYTES and count > 1) do
  size = size - #redis.call('XRANGE', stream(side, id), '-', '+', 'COUNT', 1)[1][2][2]
  count = count - 1
  redis.call('XTRIM', stream(side, id), 'MAXLEN', count)
end
redis.call('HSET', key('session', id), 'last:' .. side, last, 'bytes:' .. side, size, 'once:' .. side, once)
resize(id, size - bytes)
keep(id, now + SESSION_MS)
tell(s[5], 's ' .. side .. ' ' .. id)
return last
`;

/** ARGV: now, session, reader, after, instance. The stream's generation and where it begins, or nothing. */
const OPEN = `
local side, after, instance = ARGV[3], tonumber(ARGV[4]), ARGV[5]
local s = find(id, now, 'last:' .. side, 'at:' .. side, 'agent', 'viewer')
if not s then return false end
local last = tonumber(s[3] or 0)
if s[2] then
  if side == 'browser' then return false end
  if after >= last then
    forget(id)
    return false
  end
else
  keep(id, now + SESSION_MS)
  for _, list in ipairs({stream('agent', id), stream('browser', id), key('viewer', s[6]), key('agent-has', s[5])}) do
    redis.call('PEXPIRE', list, TTL)
  end
  if side == 'agent' then redis.call('ZREM', key('pending', s[5]), id) end
end
local generation = redis.call('HINCRBY', key('session', id), 'opened:' .. side, 1)
redis.call('HSET', key('session', id), 'at:' .. side, instance)
tell(s[4], 's ' .. side .. ' ' .. id)
return {generation, math.min(after, last)}
`;

/** ARGV: now, session, reader, generation, after. A message's id and text, "over" or "wait". */
const LOOK = `
local side, generation, after = ARGV[3], ARGV[4], tonumber(ARGV[5])
local s = find(id, now, 'opened:' .. side)
if not s or (s[2] and side == 'browser') or s[3] ~= generation then return 'over' end
local entry = redis.call('XRANGE', stream(side, id), string.format('%.0f-0', after + 1), '+', 'COUNT', 1)[1]
if entry then return {tonumber(string.match(entry[1], '^%d+')), entry[2][2]} end
if not s[2] then return 'wait' end
keep(id, math.min(tonumber(s[1]), now + CLOSED_MS))
return 'over'
`;

/** ARGV: now. */
const SWEEP = `
sweep(now)
return 1
`;
