import assert from "node:assert/strict";
import { answer } from "../../src/monitoring/answer.ts";
import type { Snapshot } from "../../src/monitoring/snapshot.ts";
import { BUILD, SNAPSHOT } from "./snapshots.ts";

const GOOD: Snapshot = {
  ...SNAPSHOT,
  shareReadable: true,
  threads: SNAPSHOT.threads.filter(({ lost }) => !lost),
};

function ask(path: string, snapshot?: Snapshot, ageMs = 0, method = "GET"): Response {
  return answer(new Request(`http://127.0.0.1${path}`, { method }), BUILD, snapshot, ageMs);
}

Deno.test("monitor: /healthz is ok whatever the rest is", async () => {
  assert.equal(ask("/healthz", undefined).status, 200);
  assert.equal(await ask("/healthz", SNAPSHOT, 1e9).text(), "ok\n");
});

Deno.test("monitor: /readyz says what is missing", async () => {
  const of = async (snapshot: Snapshot | undefined, ageMs: number) => {
    const response = ask("/readyz", snapshot, ageMs);
    const { ready, ...parts } = await response.json();
    assert.equal(response.status, ready ? 200 : 503);
    return [ready, Object.keys(parts).filter((name) => !parts[name])];
  };
  assert.deepEqual(await of(GOOD, 0), [true, []]);
  assert.deepEqual(await of({ ...GOOD, registered: undefined, shareReadable: undefined }, 0), [true, []]);
  assert.deepEqual(await of(undefined, 0), [false, ["main"]]);
  assert.deepEqual(await of(GOOD, 10_000), [false, ["main"]]);
  assert.deepEqual(await of({ ...GOOD, registered: false }, 0), [false, ["registered"]]);
  assert.deepEqual(await of(SNAPSHOT, 0), [false, ["threads", "shareReadable"]]);
});

Deno.test("monitor: /metrics waits for the first figures; other paths and methods are refused", async () => {
  assert.equal(ask("/metrics", undefined).status, 503);
  const response = ask("/metrics", GOOD);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.match(await response.text(), /^unarr_sessions 3$/m);
  assert.equal(ask("/", GOOD).status, 404);
  assert.equal(ask("/metrics", GOOD, 0, "POST").status, 405);
});
