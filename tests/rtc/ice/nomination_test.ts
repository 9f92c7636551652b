import assert from "node:assert/strict";
import { replaces } from "../../../src/rtc/ice/nomination.ts";

const HOST = 2_130_706_431;
const REFLEXIVE = 1_694_498_815;
const RELAYED = 16_777_215;

Deno.test("nomination: of two that the peer repeats, the one of higher priority", () => {
  const selected = { priorities: [REFLEXIVE, HOST] as const, nominatedAt: 99_000, answeredAt: 98_000 };
  assert.equal(replaces([HOST, HOST], selected, 100_000), true);
  assert.equal(replaces([HOST, HOST - 256], selected, 100_000), true);
  assert.equal(replaces([HOST, REFLEXIVE], selected, 100_000), false, "the same");
  assert.equal(replaces([RELAYED, HOST], selected, 100_000), false);
  assert.equal(replaces([HOST, RELAYED], selected, 100_000), false);
});

Deno.test("nomination: the lesser priority of a pair decides, then the greater", () => {
  const selected = { priorities: [100, 100] as const, nominatedAt: 100_000, answeredAt: 100_000 };
  assert.equal(replaces([HOST, 99], selected, 100_000), false);
  assert.equal(replaces([100, 101], selected, 100_000), true);
});

Deno.test("nomination: one that is nominated no more, or answers no more, gives way to any", () => {
  const selected = { priorities: [HOST, HOST] as const, nominatedAt: 100_000, answeredAt: 100_000 };
  assert.equal(replaces([RELAYED, HOST], selected, 103_000), false);
  assert.equal(replaces([RELAYED, HOST], selected, 103_001), true);
  const deaf = { ...selected, nominatedAt: 113_000 };
  assert.equal(replaces([RELAYED, HOST], deaf, 113_000), false);
  assert.equal(replaces([RELAYED, HOST], { ...deaf, nominatedAt: 113_001 }, 113_001), true);
});
