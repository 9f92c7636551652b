import assert from "node:assert/strict";
import { familyOf, isPrivate, parseCandidate } from "../../src/player/client/candidate.ts";
import { noWay } from "../../src/player/client/peer_errors.ts";
import { noWayReason, Sightings } from "../../src/player/client/sights.ts";
import { readStats } from "../../src/player/client/stats.ts";

const HOST = "candidate:1 1 udp 2130706431 192.0.2.2 47667 typ host";
const RELAY = "candidate:2 1 UDP 1000 2001:db8::1 3478 typ relay raddr 0.0.0.0 rport 0";

Deno.test("candidates are read as RFC 8839 writes them", () => {
  assert.deepEqual(parseCandidate(HOST), {
    foundation: "1",
    type: "host",
    protocol: "udp",
    address: "192.0.2.2",
    port: 47667,
  });
  assert.equal(parseCandidate(`a=${RELAY}`)?.type, "relay");
  assert.equal(parseCandidate("candidate:1 1 tcp 1 198.51.100.1 9 typ host tcptype active")?.protocol, "tcp");
  assert.equal(parseCandidate("<img src=x>"), undefined);
  assert.equal(parseCandidate("candidate:1 1 udp 1 x 9 typ <b>"), undefined);
});

Deno.test("families and private addresses", () => {
  assert.equal(familyOf("192.0.2.1"), "IPv4");
  assert.equal(familyOf("2001:db8::1"), "IPv6");
  assert.equal(familyOf("1c9d44c1-20f9-4e56-a1b1-0b4e5e0e6b5d.local"), undefined);
  assert.equal(familyOf(null), undefined);
  for (const near of ["10.1.2.3", "127.0.0.1", "172.16.0.1", "192.168.1.1", "fd00::1", "fe80::1", "::1"]) {
    assert.ok(isPrivate(near), near);
  }
  for (const far of ["172.32.0.1", "100.64.0.1", "198.51.100.1", "2001:db8::1"]) {
    assert.ok(!isPrivate(far), far);
  }
});

Deno.test("what was seen says why there was no way", () => {
  const sightings = new Sightings([{ urls: ["stun:stun.example"] }]);
  const pair = (more: object) => readStats([["P", { id: "P", type: "candidate-pair", ...more }]]);
  assert.equal(noWayReason(sightings.sights), "no-answer");
  sightings.answered = true;
  assert.equal(noWayReason(sightings.sights), "no-own-candidates");
  assert.equal(sightings.own(HOST), "host udp");
  assert.equal(noWayReason(sightings.sights), "no-box-candidates");
  sightings.box(RELAY);
  sightings.look(pair({ requestsSent: 9 }));
  assert.equal(noWayReason(sightings.sights), "nothing-through");
  sightings.look(pair({ requestsSent: 7, responsesReceived: 2, requestsReceived: 1 }));
  // Pairs that failed are forgotten by the browser, not here.
  sightings.look(undefined);
  const { sights } = sightings;
  assert.equal(noWayReason(sights), "not-secured");
  assert.deepEqual(sights, {
    answered: true,
    own: ["host"],
    box: ["relay"],
    servers: { stun: true, turn: false },
    dependentMapping: false,
    checks: { sent: 9, answered: 2, received: 1 },
  });
  const error = noWay(sights);
  assert.equal(error.type, "connect-timeout");
  assert.equal(error.reason, "not-secured");
  assert.deepEqual(error.sights, sights);
});

Deno.test("a mapping depends on who is talked to where one socket is seen at two ports, and else nothing is said", () => {
  const srflx = (foundation: string, address: string, port: number, protocol = "udp") =>
    `candidate:${foundation} 1 ${protocol} 1677729535 ${address} ${port} typ srflx raddr 0.0.0.0 rport 0`;
  const seen = (...candidates: string[]) => {
    const sightings = new Sightings([{ urls: ["stun:stun.example", "stun:stun2.example"] }]);
    for (const candidate of candidates) sightings.own(candidate);
    return sightings.sights.dependentMapping;
  };
  assert.ok(!seen());
  assert.ok(!seen(HOST, srflx("7", "192.0.2.9", 4711)));
  assert.ok(!seen(srflx("7", "192.0.2.9", 4711), srflx("7", "192.0.2.9", 4711)));
  // Of a socket of another interface; over another way to the internet; over TCP, where each connection has a port.
  assert.ok(!seen(srflx("7", "192.0.2.9", 4711), srflx("8", "192.0.2.9", 4712)));
  assert.ok(!seen(srflx("7", "192.0.2.9", 4711), srflx("7", "198.51.100.9", 4712)));
  assert.ok(!seen(srflx("7", "192.0.2.9", 4711, "tcp"), srflx("7", "192.0.2.9", 4712, "tcp")));
  assert.ok(seen(srflx("7", "192.0.2.9", 4711), HOST, srflx("7", "192.0.2.9", 4712)));
});
