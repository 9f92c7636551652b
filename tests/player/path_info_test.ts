import assert from "node:assert/strict";
import { pathInfo } from "../../src/player/client/path_info.ts";

const candidate = (id: string, candidateType: string) =>
  [id, { id, type: "local-candidate", candidateType }] as const;
const pair = (id: string, more: object) => [id, { id, type: "candidate-pair", ...more }] as const;
const read = (...entries: (readonly [string, object])[]) => pathInfo(entries as [string, unknown][]);

Deno.test("the transport names the pair in use", () => {
  const found = read(
    candidate("L", "host"),
    candidate("R", "prflx"),
    candidate("T", "relay"),
    pair("P1", { localCandidateId: "T", remoteCandidateId: "R", nominated: true, state: "succeeded" }),
    pair("P2", { localCandidateId: "L", remoteCandidateId: "R", currentRoundTripTime: 0.0031 }),
    ["X", { id: "X", type: "transport", selectedCandidatePairId: "P2" }],
  );
  assert.equal(found.route, "direct");
  assert.equal(found.roundTripMs, 3.1);
});

Deno.test("a relay at either end makes it relayed", () => {
  for (const [local, remote] of [["H", "T"], ["T", "H"]]) {
    const found = read(
      candidate("H", "host"),
      candidate("T", "relay"),
      pair("P", { localCandidateId: local, remoteCandidateId: remote, nominated: true, state: "succeeded" }),
    );
    assert.deepEqual(found, { route: "relayed" });
  }
});

Deno.test("without a pair it is unknown", () => {
  assert.deepEqual(read(), { route: "unknown" });
  assert.deepEqual(read(pair("P", { state: "in-progress", nominated: false })), { route: "unknown" });
});
