import assert from "node:assert/strict";
import { type ControllerName, CONTROLLERS } from "../../../../src/rtc/sctp/congestion/mod.ts";
import { associationFlow } from "../simulator/association_flow.ts";
import { run, type Scenario } from "../simulator/scenario.ts";
import { SHARED, SOLO } from "../simulator/scenarios.ts";

/**
 * Whole flows over simulated paths. Only what has to hold is asserted: figures are reported by
 * `deno task bench:path`.
 */
const NAMES = Object.keys(CONTROLLERS) as ControllerName[];

/** What a scenario is cut down to, so that all of them run in seconds. */
const SECONDS = 6;

function short(scenario: Scenario): Scenario {
  const rates = (scenario.rates ?? []).map(([second, rate]) => [second / 5, rate] as const);
  return { ...scenario, seconds: SECONDS, warmUp: 0, rates };
}

for (const scenario of SOLO) {
  Deno.test(`path: ${scenario.name}: data arrives, and no more of it than the link carries`, () => {
    // At the fastest link one controller says what three would, for a third of the time.
    for (const name of (scenario.up.rate ?? 0) >= 1_000 ? ["bbr" as const] : NAMES) {
      const { goodput, retransmitted } = run(short(scenario), { controller: CONTROLLERS[name] });
      assert.ok(goodput > 0.1, `${name}: ${goodput} Mbit/s`);
      assert.ok(goodput < scenario.up.rate!, `${name}: ${goodput} Mbit/s`);
      assert.ok(retransmitted < 0.4, `${name}: ${retransmitted} sent again`);
    }
  });
}

for (const name of NAMES) {
  Deno.test(`path: ${name} beside Reno and CUBIC: nobody starves`, () => {
    for (const scenario of SHARED.slice(0, 3)) {
      for (const rival of ["new-reno", "cubic"] as const) {
        const outcome = run({ ...scenario, seconds: 20, warmUp: 5 }, {
          controller: CONTROLLERS[name],
          rival: CONTROLLERS[rival],
        });
        assert.ok(outcome.share > 0.05 && outcome.share < 0.95, `${scenario.name}: ${outcome.share}`);
      }
    }
  });

  Deno.test(`path: ${name}: one seed is one run, another seed another`, () => {
    const scenario = short(SOLO.find(({ up }) => up.burstLoss !== undefined)!);
    const once = (seed: number) => run(scenario, { controller: CONTROLLERS[name], seed });
    assert.deepEqual(once(3), once(3));
    assert.notDeepEqual(once(3), once(4));
  });
}

Deno.test("path: bbr keeps to a small part of a long queue, and loses nothing in it", () => {
  const scenario = SOLO.find(({ name }) => name.includes("queue 1 s"))!;
  const { queueP50, retransmitted } = run({ ...scenario, seconds: 15, warmUp: 5 }, {
    controller: CONTROLLERS.bbr,
  });
  assert.ok(queueP50 < 200, `${queueP50} ms`);
  assert.equal(retransmitted, 0);
});

Deno.test("path: bbr takes up what a rival leaves, and its queue goes with the rival", () => {
  const scenario = SHARED.find(({ name }) => name.includes("4 BDP"))!;
  const rival = { rival: CONTROLLERS.cubic, rivalStop: 20 };
  const outcome = run({ ...scenario, seconds: 50, warmUp: 40 }, { controller: CONTROLLERS.bbr, ...rival });
  assert.ok(outcome.goodput > 0.7 * scenario.up.rate!, `${outcome.goodput} Mbit/s`);
  assert.ok(outcome.queueP50 < 80, `${outcome.queueP50} ms`);
});

Deno.test("path: bbr takes jitter and the path's own losses for neither a queue nor somebody else", () => {
  for (const scenario of SOLO.filter(({ up }) => up.sway !== undefined)) {
    const { goodput } = run({ ...scenario, seconds: 20, warmUp: 2 }, {
      controller: CONTROLLERS.bbr,
      flow: associationFlow,
    });
    assert.ok(goodput > 0.75 * scenario.up.rate!, `${scenario.name}: ${goodput} Mbit/s`);
  }
});

Deno.test("path: the association over bursts of losses, jitter and reordering gets its data through", () => {
  const scenario = SOLO.find(({ up }) => up.burstLoss !== undefined && up.reorder === true)!;
  for (const name of NAMES) {
    const outcome = run(short(scenario), { controller: CONTROLLERS[name], flow: associationFlow });
    assert.ok(outcome.goodput > 0.1 && outcome.goodput < scenario.up.rate!, `${name}: ${outcome.goodput}`);
  }
});
