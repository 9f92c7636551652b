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
    const relayOf = local === "T" ? "browser" : "box";
    assert.equal(found.route, "relayed");
    assert.equal(found.relayOf, relayOf);
  }
});

Deno.test("a box that is reached at an address of a home is in the same network", () => {
  const at = (type: string, address: string, localAddress?: string) =>
    read(
      ["L", {
        id: "L",
        type: "local-candidate",
        candidateType: "prflx",
        protocol: "udp",
        address: localAddress,
      }],
      ["R", { id: "R", type: "remote-candidate", candidateType: type, address }],
      pair("P", { localCandidateId: "L", remoteCandidateId: "R", nominated: true, state: "succeeded" }),
    ).route;
  assert.equal(at("host", "192.168.1.5"), "same-network");
  assert.equal(at("host", "203.0.113.5"), "direct");
  assert.equal(at("srflx", "192.168.1.5"), "direct");
  assert.equal(at("host", "2001:db8:1:2::5", "2001:db8:1:2::9"), "same-network");
  assert.equal(at("host", "2001:db8:1:3::5", "2001:db8:1:2::9"), "direct");
  assert.equal(at("host", "2001:db8:1:3::5"), "direct");
});

Deno.test("what the pair says is told: protocols, families, checks, bytes; words of no standard are not", () => {
  const found = read(
    ["L", {
      id: "L",
      type: "local-candidate",
      candidateType: "relay",
      protocol: "udp",
      relayProtocol: "tls",
      address: "192.0.2.1",
    }],
    ["R", { id: "R", type: "remote-candidate", candidateType: "srflx", protocol: "<b>", address: "x.local" }],
    pair("P", {
      localCandidateId: "L",
      remoteCandidateId: "R",
      selected: true,
      requestsSent: 10,
      responsesReceived: 9,
      bytesReceived: 1000,
      bytesSent: 20,
    }),
  );
  assert.deepEqual(found, {
    route: "relayed",
    protocol: "udp",
    relayProtocol: "tls",
    relayOf: "browser",
    localType: "relay",
    remoteType: "srflx",
    localFamily: "IPv4",
    checks: { sent: 10, answered: 9 },
    bytes: { received: 1000, sent: 20 },
  });
});

Deno.test("without a pair it is unknown", () => {
  assert.deepEqual(read(), { route: "unknown" });
  assert.deepEqual(read(pair("P", { state: "in-progress", nominated: false })), { route: "unknown" });
});
