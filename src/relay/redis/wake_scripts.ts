/**
 * Wakes. Below the prefix `wakes:OWNER`, a zset of those that are held, by the time their lease ends, each as
 * `INSTANCE NUMBER`; and `latch:OWNER`, which is there when a wake came and nobody waited. Times are Redis' own.
 */
import type { StoreRules } from "../store.ts";
import { WAKE_LATCH_MS, WAKE_LEASE_MS } from "./lifetimes.ts";
import { type Script, script } from "./script.ts";

export interface WakeScripts {
  readonly wake: Script;
  readonly hold: Script;
  readonly renew: Script;
  readonly open: Script;
}

export function wakeScripts(rules: StoreRules): WakeScripts {
  const of = (body: string) => script(rules, SHARED + body);
  return { wake: of(WAKE), hold: of(HOLD), renew: of(RENEW), open: of(OPEN) };
}

const SHARED = `
local LEASE_MS = ${WAKE_LEASE_MS}
local owner, member = ARGV[1], ARGV[2]
local wakes, latch = key('wakes', owner), key('latch', owner)

local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function lease()
  redis.call('ZADD', wakes, clock() + LEASE_MS, member)
  redis.call('PEXPIRE', wakes, LEASE_MS)
end
`;

/**
 * ARGV: owner. Tells the relays that hold a wake of this token. One that nobody hears, since its relay was killed or
 * is about to connect again, does not count: the next is answered at once, too.
 */
const WAKE = `
local heard = false
local held = {}
for _, other in ipairs(redis.call('ZRANGEBYSCORE', wakes, clock(), '+inf')) do
  local instance, number = string.match(other, '^(%S+) (%S+)$')
  held[instance] = (held[instance] or 'w') .. ' ' .. number
end
for instance, notice in pairs(held) do
  if tell(instance, notice) > 0 then heard = true end
end
redis.call('DEL', wakes)
if not heard then redis.call('SET', latch, 1, 'PX', ${WAKE_LATCH_MS}) end
return 1
`;

/** ARGV: owner, member. 1 where a wake had come before, else 0: it is held from here on. */
const HOLD = `
if redis.call('DEL', latch) == 1 then return 1 end
lease()
return 0
`;

/** ARGV: owner, member. 1 while it is held, 0 where it was released. */
const RENEW = `
if not redis.call('ZSCORE', wakes, member) then return 0 end
lease()
return 1
`;

/** ARGV: owner. How many are held. */
const OPEN = `
return redis.call('ZCOUNT', wakes, clock(), '+inf')
`;
