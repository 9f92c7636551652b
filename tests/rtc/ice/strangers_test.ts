import assert from "node:assert/strict";
import { newCredentials } from "../../../src/rtc/ice/credentials.ts";
import { readStun, StunClass } from "../../../src/rtc/ice/stun_message.ts";
import { parseCandidate } from "../../../src/rtc/ice/candidate.ts";
import { within } from "../../support/within.ts";
import { bind, RawPeer } from "./raw_peer.ts";
import { FULL } from "../../support/extent.ts";

/** Source addresses; each is a candidate to an agent that keeps all. */
const ADDRESSES = FULL ? 10_000 : 1_000;

Deno.test("ice: who does not know the password gets no answer and leaves nothing behind", async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  const socket = bind();
  let data = 0;
  peer.ice.ondatagram = () => data++;
  const forged = [
    peer.check({ password: "wrong" }),
    peer.check({ fingerprint: false }),
    peer.check({ from: newCredentials() }),
    // werift would take the other side's role on, and answer 400 to what is no check, unasked for a password.
    peer.check({ password: "wrong", controlled: true }),
    peer.check({ password: "wrong", method: 0x003 }),
    new Uint8Array([22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    new Uint8Array([23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
    new Uint8Array([255]),
    new Uint8Array(0),
    new Uint8Array(65_507),
  ];
  for (const datagram of forged) await socket.send(datagram, address);
  await within(5_000, "all of them dropped", peer.dropped(forged.length));
  assert.equal(peer.ice.counts.remoteCandidates, 0);
  assert.equal(peer.ice.counts.pairs, 0);
  assert.equal(data, 0);
  // A check that is right is answered, and its answer is the first thing that comes.
  const right = peer.check();
  await socket.send(right, address);
  const [first] = await within(5_000, "the answer", socket.receive());
  const answer = readStun(first);
  assert.equal(answer?.class, StunClass.SUCCESS);
  assert.equal(answer?.transactionId, readStun(right)!.transactionId);
  assert.equal(peer.ice.counts.remoteCandidates, 1);
  socket.close();
});

Deno.test(`ice: a peer that sends checks from ${ADDRESSES} addresses makes 64 candidates`, async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  for (let i = 0; i < ADDRESSES; i++) {
    // All of 127.0.0.0/8 is loopback; a port would be used twice.
    const socket = bind(`127.1.${i >> 8}.${i & 255}`);
    await socket.send(peer.check({ useCandidate: true }), address);
    socket.close();
    // As many at a time as the socket's buffer holds.
    if (i % 100 === 99) await within(10_000, "the next hundred", peer.dropped(i + 1 - 64));
  }
  const { remoteCandidates, pairs, dropped } = peer.ice.counts;
  assert.equal(remoteCandidates, 64);
  assert.equal(pairs, 64);
  assert.equal(dropped.bounds + dropped.rate, ADDRESSES - 64);
});

Deno.test("ice: candidates that are signalled and those that are learnt have one bound", async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  const add = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      peer.ice.add(parseCandidate({ candidate: `candidate:1 1 udp 1 192.0.2.1 ${1_000 + i} typ host` })!);
    }
  };
  add(0, 60);
  const sockets = Array.from({ length: 10 }, bind);
  for (const socket of sockets) await socket.send(peer.check(), address);
  await within(5_000, "those beyond the bound", peer.dropped(6));
  assert.equal(peer.ice.counts.dropped.bounds, 6);
  assert.equal(peer.ice.counts.remoteCandidates, 64);
  add(60, 200);
  assert.equal(peer.ice.counts.remoteCandidates, 64);
  for (const socket of sockets) socket.close();
});

Deno.test("ice: a list of candidates makes a hundred pairs, and who gets through makes another", async () => {
  await using peer = new RawPeer(["127.0.0.1", "127.0.0.2", "127.0.0.3"]);
  const address = await peer.address();
  for (let i = 0; i < 50; i++) {
    peer.ice.add(parseCandidate({ candidate: `candidate:1 1 udp 1 192.0.2.1 ${1_000 + i} typ host` })!);
  }
  assert.equal(peer.ice.counts.pairs, 100);
  const socket = bind();
  await socket.send(peer.check(), address);
  await within(5_000, "the answer", socket.receive());
  assert.equal(peer.ice.counts.pairs, 101);
  socket.close();
});

Deno.test("ice: of a peer's checks 200 at once are answered, and 200 a second", async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  const socket = bind();
  const checks = Array.from({ length: 1_000 }, () => peer.check());
  let answers = 0;
  const listening = (async () => {
    for await (const [datagram] of socket) if (readStun(datagram)?.class === StunClass.SUCCESS) answers++;
  })();
  const began = performance.now();
  for (const [i, datagram] of checks.entries()) {
    await socket.send(datagram, address);
    // Fewer on their way than a socket's buffer holds.
    const handled = async () => {
      while (answers + peer.ice.counts.dropped.rate <= i - 100) await new Promise((r) => setTimeout(r, 1));
    };
    await within(5_000, "most of them", handled());
  }
  const handled = async () => {
    while (answers + peer.ice.counts.dropped.rate < 1_000) await new Promise((r) => setTimeout(r, 1));
  };
  await within(5_000, "the last of them", handled());
  const seconds = (performance.now() - began) / 1_000;
  assert.ok(answers >= 200 && answers <= 201 + 200 * seconds, `${answers} in ${seconds} s`);
  socket.close();
  await listening;
});
