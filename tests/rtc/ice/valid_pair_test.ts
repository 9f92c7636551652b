import assert from "node:assert/strict";
import { newCredentials } from "../../../src/rtc/ice/credentials.ts";
import { isAuthentic } from "../../../src/rtc/ice/stun_authentication.ts";
import { StunClass } from "../../../src/rtc/ice/stun_message.ts";
import { within } from "../../support/within.ts";
import { check } from "./checks.ts";
import { AnsweringSocket, RawPeer, sendAsStranger } from "./raw_peer.ts";

/** A DTLS record with one byte to tell it by. */
function record(mark: number): Uint8Array {
  return new Uint8Array([23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, mark]);
}

/** Resolves when a record with this mark has come; all that came are in `marks`. */
function arrival(peer: RawPeer, marks: number[], mark: number): Promise<void> {
  return within(
    5_000,
    `record ${mark}`,
    new Promise((resolve) => {
      peer.ice.ondatagram = (datagram) => {
        marks.push(datagram[13]!);
        if (datagram[13] === mark) resolve();
      };
    }),
  );
}

Deno.test("ice: data comes through from the address that has answered, and from no other", async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  using socket = new AnsweringSocket(peer.own.password);
  const marks: number[] = [];
  await socket.send(record(1), address);
  await within(5_000, "the early one dropped", peer.dropped(1));
  await peer.select(socket);
  await sendAsStranger([record(2), new Uint8Array([]), new Uint8Array([64, 0, 0, 0])], address);
  const arrived = arrival(peer, marks, 3);
  await socket.send(record(3), address);
  await arrived;
  await within(5_000, "the rest dropped", peer.dropped(4));
  assert.deepEqual(marks, [3]);
  const { stranger, kind } = peer.ice.counts.dropped;
  assert.deepEqual({ stranger, kind }, { stranger: 2, kind: 2 });
});

Deno.test("ice: a recorded check, replayed by a stranger, makes no candidate and is not answered", async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  using socket = new AnsweringSocket(peer.own.password);
  await peer.select(socket);
  const recorded = peer.check({ useCandidate: true });
  await socket.send(recorded, address);
  await socket.answerTo(recorded);
  using stranger = new AnsweringSocket("nothing that he knows");
  const before = Object.values(peer.ice.counts.dropped).reduce((a, b) => a + b);
  for (let i = 0; i < 5; i++) await stranger.send(recorded, address);
  await within(5_000, "all of them dropped", peer.dropped(before + 5));
  assert.equal(peer.ice.counts.dropped.replayed, 5);
  assert.equal(peer.ice.counts.remoteCandidates, 1);
  assert.deepEqual(stranger.messages, []);
});

Deno.test("ice: in a restart the pair of before answers checks and carries data, and is no new pair", async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  using socket = new AnsweringSocket(peer.own.password);
  await peer.select(socket);
  const { credentials } = peer.ice;
  const restarted = peer.ice.restart({ ...newCredentials(), iceLite: false });
  assert.notEqual(peer.ice.credentials.usernameFragment, credentials.usernameFragment);
  const earlier = check({ to: credentials, from: peer.own, useCandidate: true });
  await socket.send(earlier, address);
  const answer = await socket.answerTo(earlier);
  assert.equal(answer.class, StunClass.SUCCESS);
  assert.equal(isAuthentic(answer, new TextEncoder().encode(credentials.password)), true);
  assert.equal(peer.ice.counts.pairs, 0);
  const marks: number[] = [];
  const arrived = arrival(peer, marks, 1);
  await socket.send(record(1), address);
  await arrived;
  await peer.ice.stop();
  await restarted.catch(() => {});
});

Deno.test("ice: a pair that the peer nominates later takes the place of the first", async () => {
  await using peer = new RawPeer();
  const address = await peer.address();
  peer.ice.watch();
  using first = new AnsweringSocket(peer.own.password);
  await peer.select(first);
  using second = new AnsweringSocket(peer.own.password);
  const nomination = () => peer.check({ useCandidate: true, priority: 0x6e0002ff });
  // Repeated, as a controlling side does it: the pair has to be checked before it is taken.
  const heard = new Promise<void>((resolve) => second.ondata = resolve);
  let waiting = true;
  void heard.then(() => waiting = false);
  const asking = (async () => {
    while (waiting) {
      await second.send(nomination(), address);
      await peer.ice.send(record(1));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  await within(5_000, "data over the second", heard);
  await asking;
});
