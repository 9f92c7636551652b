import assert from "node:assert/strict";
import { SeenTransactions } from "../../../src/rtc/ice/seen_transactions.ts";
import { Source, Sources } from "../../../src/rtc/ice/sources.ts";

function answered(sources: Sources, host: string, port: number, generation = 1): Source {
  const source = sources.learn(host, port, generation);
  source.answeredAt = 0;
  return source;
}

Deno.test("sources: data is taken from those alone that have answered", () => {
  const sources = new Sources();
  assert.equal(sources.accepts("192.0.2.1", 1), false);
  const source = sources.learn("192.0.2.1", 1, 1);
  assert.equal(sources.accepts("192.0.2.1", 1), false, "a check alone is not enough");
  source.answeredAt = 0;
  assert.equal(sources.accepts("192.0.2.1", 1), true);
  assert.equal(sources.accepts("192.0.2.1", 2), false);
  assert.equal(sources.accepts("192.0.2.2", 1), false);
  assert.equal(sources.accepts("192.0.2.1", 1), true);
  assert.equal(source.heard, 2);
});

Deno.test("sources: several at once, each counted for itself", () => {
  const sources = new Sources();
  const a = answered(sources, "192.0.2.1", 1);
  const b = answered(sources, "192.0.2.1", 2);
  for (let i = 0; i < 10; i++) {
    assert.equal(sources.accepts(a.host, a.port), true);
    assert.equal(sources.accepts(b.host, b.port), true);
    assert.equal(sources.accepts(b.host, b.port), true);
  }
  assert.deepEqual([a.heard, b.heard], [10, 20]);
});

Deno.test("sources: those of a generation that is over are forgotten, also the one data came from last", () => {
  const sources = new Sources();
  answered(sources, "192.0.2.1", 1);
  answered(sources, "192.0.2.2", 1);
  sources.learn("192.0.2.2", 1, 2);
  assert.equal(sources.accepts("192.0.2.1", 1), true);
  sources.forgetBefore(2);
  assert.equal(sources.accepts("192.0.2.1", 1), false);
  assert.equal(sources.accepts("192.0.2.2", 1), true, "verified again in the second");
  assert.equal(sources.count, 1);
});

Deno.test("transactions: sent again by the same source a few times, not more", () => {
  const seen = new SeenTransactions();
  const source = new Source("192.0.2.1", 1, 1);
  let admitted = 0;
  for (; admitted < 100 && seen.admits("a", source); admitted++) seen.add("a", source);
  assert.equal(admitted, 8);
  assert.equal(seen.admits("b", source), true);
});

Deno.test("transactions: replayed from elsewhere, refused once its source has answered", () => {
  const seen = new SeenTransactions();
  const source = new Source("192.0.2.1", 1, 1);
  seen.add("a", source);
  assert.equal(seen.admits("a", undefined), true, "nobody can tell yet who of the two it is");
  source.answeredAt = 0;
  assert.equal(seen.admits("a", undefined), false);
  assert.equal(seen.admits("a", new Source("192.0.2.2", 1, 1)), false);
  assert.equal(seen.admits("a", source), true);
});

Deno.test("transactions: going from source to source does not make one last longer", () => {
  const seen = new SeenTransactions();
  let admitted = 0;
  for (; admitted < 100; admitted++) {
    const source = new Source("192.0.2.1", admitted, 1);
    if (!seen.admits("a", source)) break;
    seen.add("a", source);
  }
  assert.equal(admitted, 8);
});

Deno.test("transactions: those of the last minutes are remembered, not more", () => {
  const seen = new SeenTransactions();
  const source = answered(new Sources(), "192.0.2.1", 1);
  for (let i = 0; i < 100_000; i++) seen.add(String(i), source);
  const remembered = Array.from({ length: 100_000 }, (_, i) => seen.admits(String(i), undefined))
    .filter((admitted) => !admitted);
  assert.equal(remembered.length, 1_024);
  assert.equal(seen.admits("99999", undefined), false);
});
