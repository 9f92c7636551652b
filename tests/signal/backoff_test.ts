import assert from "node:assert/strict";
import { Backoff, jittered, retryAfterMs } from "../../src/signal/backoff.ts";
import { DEFAULT_AGENT_SETTINGS } from "../../src/signal/agent_settings.ts";
import { seeded } from "../support/seeded.ts";

const answer = (value?: string) =>
  new Response(null, value === undefined ? {} : { headers: { "retry-after": value } });

Deno.test("backoff: doubles up to its bound, and begins anew", () => {
  const wait = new Backoff({ firstMs: 1_000, maxMs: 60_000 }, () => 0.5);
  const waits = Array.from({ length: 8 }, () => wait.next());
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  wait.reset();
  assert.equal(wait.next(), 1_000);
});

Deno.test("defect 48: waits of the agent vary by a fifth to either side, after a cut by three quarters, ticks by a tenth", () => {
  const random = seeded(48);
  const { registerWait, syncWait, wakeWait, syncMs } = DEFAULT_AGENT_SETTINGS;
  for (const [settings, share] of [[registerWait, 0.2], [syncWait, 0.2], [wakeWait, 0.75]] as const) {
    const waits = Array.from({ length: 500 }, () => new Backoff(settings, random).next() / settings.firstMs);
    assert.ok(Math.min(...waits) >= 1 - share && Math.max(...waits) <= 1 + share);
    assert.ok(Math.min(...waits) < 1 - 0.9 * share && Math.max(...waits) > 1 + 0.9 * share);
  }
  const ticks = Array.from({ length: 500 }, () => jittered(syncMs, 0.1, random) / syncMs);
  assert.ok(Math.min(...ticks) >= 0.9 && Math.max(...ticks) <= 1.1);
  assert.ok(Math.min(...ticks) < 0.91 && Math.max(...ticks) > 1.09);
});

Deno.test("backoff: what the server asks for is the least, but for nothing it is not asked at once", () => {
  const random = seeded(1);
  for (let i = 0; i < 100; i++) {
    const wait = new Backoff({ firstMs: 500, maxMs: 10_000 }, random);
    const asked = wait.next(7_000);
    assert.ok(asked >= 7_000 && asked <= 8_400, String(asked));
    assert.ok(wait.next(0) >= 500);
  }
});

Deno.test("backoff: Retry-After is read as seconds or a date, up to a minute", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const read = (value?: string) => retryAfterMs(answer(value), 60_000, now);
  assert.deepEqual(
    [
      undefined,
      "7",
      " 7 ",
      "3600",
      "soon",
      "-1",
      "Thu, 01 Jan 2026 00:00:30 GMT",
      "Wed, 31 Dec 2025 00:00:00 GMT",
    ]
      .map(read),
    [undefined, 7_000, 7_000, 60_000, undefined, read("-1"), 30_000, 0],
  );
  assert.ok([undefined, 0].includes(read("-1")), "never negative");
});
