import assert from "node:assert/strict";
import { DEFAULT_LIMITS, limitsFor } from "../../src/relay/limits.ts";

Deno.test("limits: what is bounded for everybody grows with the number of agents, and has a floor", () => {
  assert.deepEqual(limitsFor(DEFAULT_LIMITS.agents), { ...DEFAULT_LIMITS });
  const large = limitsFor(36_000);
  assert.equal(large.agents, 36_000);
  assert.ok(large.sessions >= 36_000 && large.streams >= 36_000);
  // A start leaves 8 kB; each session that there may be has room for it.
  assert.ok(large.totalBytes / large.sessions > 16_384);
  assert.ok(large.registrationsPerToken >= 36_000, "one token may be that of all agents");
  const each = [
    "sessionsPerViewer",
    "sessionsPerAgent",
    "messages",
    "messageBytes",
    "refusedTokens",
  ] as const;
  for (const name of each) assert.equal(large[name], DEFAULT_LIMITS[name]);
});
