import assert from "node:assert/strict";
import { EventQueue } from "../../bench/relay/event_queue.ts";
import { simulate, type SimulationOptions } from "../../bench/relay/simulation.ts";
import { DEFAULT_AGENT_SETTINGS } from "../../src/signal/agent_settings.ts";
import { seeded } from "../support/seeded.ts";

function options(changes: Partial<SimulationOptions> = {}): SimulationOptions {
  return {
    agents: 4_000,
    instances: 4,
    startsPerSecond: 2,
    costs: { sync: 0.5, wake: 0.5, start: 7, requestsPerStart: 14 },
    seed: seeded(1),
    seconds: 120,
    deathAt: 60,
    awayFor: 30,
    deaths: 1,
    hold: 28_000,
    ...changes,
  };
}

Deno.test("simulation: the same seed gives the same figures, another one other figures", () => {
  const of = (seed: number) => simulate(options({ seed: seeded(seed) }));
  assert.deepEqual(of(3), of(3));
  assert.notDeepEqual(of(3), of(4));
});

Deno.test("simulation: load is what the requests cost, spread over the instances", () => {
  const { load, busiest, waitBefore, timeouts } = simulate(options());
  // 400 syncs, 143 wakes and 28 requests of sessions a second, half a millisecond each, on 4 instances.
  const expected = (400 + 4_000 / 28 + 28) * 0.5 / 1_000 / 4;
  assert.ok(Math.abs(load - expected) < 0.05 * expected, `${load} instead of ${expected}`);
  assert.ok(busiest < 1.1 * load);
  assert.ok(waitBefore < 10, String(waitBefore));
  assert.equal(timeouts, 0);
});

Deno.test("simulation: twice the instances have half the load", () => {
  const ratio = simulate(options()).load / simulate(options({ instances: 8 })).load;
  assert.ok(Math.abs(ratio - 2) < 0.1, String(ratio));
});

Deno.test("simulation: agents of an instance that died come back, and waits that vary more make less of a herd", () => {
  const wait = DEFAULT_AGENT_SETTINGS.wakeWait;
  const narrow = simulate(options({ agents: 20_000, wakeWait: { ...wait, jitter: 0.2 } }));
  const program = simulate(options({ agents: 20_000 }));
  assert.ok(narrow.peakAfter > 3 * narrow.peakBefore, JSON.stringify(narrow));
  assert.ok(program.peakAfter < 0.6 * narrow.peakAfter, JSON.stringify([program, narrow]));
  assert.ok(program.waitAfter < 0.6 * narrow.waitAfter, JSON.stringify([program, narrow]));
  // Nobody is lost: the load afterwards is that of before.
  assert.ok(program.echo > 0.8 * program.peakBefore / 2, JSON.stringify(program));
});

Deno.test("simulation: what is to happen comes by its time, and in its order at the same time", () => {
  const random = seeded(5);
  const queue = new EventQueue<number>();
  const times = Array.from({ length: 500 }, () => Math.floor(random() * 50));
  times.forEach((at, n) => queue.add(at, n));
  const taken = times.map(() => queue.next()!);
  assert.equal(queue.next(), undefined);
  for (let i = 1; i < taken.length; i++) {
    const [a, b] = [taken[i - 1]!, taken[i]!];
    assert.ok(a.at < b.at || (a.at === b.at && a.event < b.event));
  }
});
