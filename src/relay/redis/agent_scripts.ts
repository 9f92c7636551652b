/**
 * Agents. Below the prefix:
 *
 * | key                          | type | holds                                    |
 * | ---------------------------- | ---- | ---------------------------------------- |
 * | agent:ID                     | hash | the agent                                |
 * | agents, departed             | zset | ids by their last call, by their leaving |
 * | account-has:N, owner-has:O   | set  | ids                                      |
 * | owners                       | zset | tokens by how many ids they have         |
 */
import type { StoreRules } from "../store.ts";
import { type Script, script } from "./script.ts";

export interface AgentScripts {
  readonly call: Script;
  readonly depart: Script;
  readonly sweep: Script;
}

export function agentScripts(rules: StoreRules): AgentScripts {
  const of = (body: string) => script(rules, SHARED + body);
  return { call: of(CALL), depart: of(DEPART), sweep: of("sweep(now)\nreturn 1\n") };
}

const SHARED = `
local now, id, owner = tonumber(ARGV[1]), ARGV[2], ARGV[3]

-- Notes how many agents a token has.
local function recount(token)
  local count = redis.call('SCARD', key('owner-has', token))
  if count == 0 then return redis.call('ZREM', key('owners'), token) end
  redis.call('ZADD', key('owners'), count, token)
  redis.call('PEXPIRE', key('owners'), SILENT_MS + GRACE_MS)
end

local function forget(other)
  local a = redis.call('HMGET', key('agent', other), 'account', 'owner')
  if a[1] then redis.call('SREM', key('account-has', a[1]), other) end
  if a[2] then
    redis.call('SREM', key('owner-has', a[2]), other)
    recount(a[2])
  end
  redis.call('ZREM', key('agents'), other)
  redis.call('ZREM', key('departed'), other)
  redis.call('DEL', key('agent', other))
end

local function sweep(now)
  for list, life in pairs({agents = SILENT_MS, departed = DEPARTED_MS}) do
    local before = string.format('%.0f', now - life)
    for _, other in ipairs(redis.call('ZRANGEBYSCORE', key(list), '-inf', before, 'LIMIT', 0, 1000)) do
      forget(other)
    end
  end
end

local function full()
  return redis.call('ZCARD', key('agents')) + redis.call('ZCARD', key('departed')) >= MAX_AGENTS
end

-- An agent of the token that has the most, where that has more than the caller's would have.
local function ofTheMost()
  local own = redis.call('SCARD', key('owner-has', owner))
  while true do
    local most = redis.call('ZREVRANGE', key('owners'), 0, 0)[1]
    if not most then return nil end
    local list = key('owner-has', most)
    local other = redis.call('SRANDMEMBER', list)
    if other and redis.call('HGET', key('agent', other), 'owner') == most then
      return redis.call('SCARD', list) > own + 1 and other or nil
    end
    -- The list, or what it names, ended by itself.
    if other then redis.call('SREM', list, other) end
    recount(most)
  end
end

-- Forgets whoever expired, else one that left, else the one silent for longest if it misses its syncs, else one of the
-- token that has the most, where that has more than the newcomer's: a flood crowds out itself alone.
local function makeRoom()
  sweep(now)
  if not full() then return end
  local other = redis.call('ZRANGE', key('departed'), 0, 0)[1]
  if not other then
    local longest = redis.call('ZRANGE', key('agents'), 0, 0, 'WITHSCORES')
    if longest[1] and now - tonumber(longest[2]) >= MISSING_MS then other = longest[1] else other = ofTheMost() end
  end
  if other then forget(other) end
end

-- Puts an agent on the lists of its account, its token and all.
local function list(account, time, name)
  for _, set in ipairs({key('account-has', account), key('owner-has', owner)}) do
    redis.call('SADD', set, id)
    redis.call('PEXPIRE', set, SILENT_MS + GRACE_MS)
  end
  recount(owner)
  redis.call('ZADD', key(name), time, id)
  redis.call('PEXPIRE', key(name), SILENT_MS + GRACE_MS)
  redis.call('PEXPIRE', key('agent', id), SILENT_MS + GRACE_MS)
end
`;

/**
 * ARGV: now, agent, owner, account, "register" or "sync", then "name" and "version" with their values, where they
 * are said. The outcome.
 */
const CALL = `
local account, sync = ARGV[4], ARGV[5] == 'sync'
local a = redis.call('HMGET', key('agent', id), 'owner', 'account', 'seen', 'departed')
local departed = a[4] and tonumber(a[4])
if sync and departed and now - departed < DEREGISTER_MS then return 'ignored' end
local outcome = 'known'
if a[1] and not departed and now - tonumber(a[3]) < SILENT_MS then
  if a[1] ~= owner then return 'taken' end
  if a[2] ~= account then redis.call('SREM', key('account-has', a[2]), id) end
else
  forget(id)
  if full() then makeRoom() end
  if full() then return 'full' end
  outcome = 'new'
end
redis.call('HSET', key('agent', id), 'owner', owner, 'account', account, 'seen', now, unpack(ARGV, 6))
if sync then redis.call('HSET', key('agent', id), 'synced', now) end
list(account, now, 'agents')
return outcome
`;

/** ARGV: now, agent, owner. 1, or 0 where it is another's. */
const DEPART = `
local a = redis.call('HMGET', key('agent', id), 'owner', 'account')
if a[1] and a[1] ~= owner then return 0 end
if not a[1] then
  if full() then makeRoom() end
  if full() then return 1 end
end
local account = a[2] or ''
redis.call('HSET', key('agent', id), 'owner', owner, 'account', account, 'departed', now)
if not a[1] then redis.call('HSET', key('agent', id), 'seen', now) end
redis.call('ZREM', key('agents'), id)
list(account, now, 'departed')
return 1
`;
