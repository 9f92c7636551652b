/** Events in sliding windows: below the prefix `events:KEY`, a list of the times of those that counted. */
import type { StoreRules } from "../store.ts";
import { type Script, script } from "./script.ts";

/** Takes now, key, limit and window; answers 0, or the milliseconds until the event would be within the limit. */
export function countScript(rules: StoreRules): Script {
  return script(rules, COUNT);
}

const COUNT = `
local now, limit, window = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local events = key('events', ARGV[2])
local oldest = redis.call('LINDEX', events, 0)
while oldest and tonumber(oldest) <= now - window do
  redis.call('LPOP', events)
  oldest = redis.call('LINDEX', events, 0)
end
if redis.call('LLEN', events) < limit then
  redis.call('RPUSH', events, ARGV[1])
  redis.call('PEXPIRE', events, window + GRACE_MS)
  return 0
end
-- Another relay's clock may be ahead.
return math.max(1, math.min(window, tonumber(oldest or now) + window - now))
`;
