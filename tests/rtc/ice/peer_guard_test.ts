import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { newCredentials } from "../../../src/rtc/ice/credentials.ts";
import {
  type GuardedSocket,
  MAX_CHECKS_PER_SECOND,
  type OpenTransaction,
  PeerGuard,
  type Refusal,
} from "../../../src/rtc/ice/peer_guard.ts";
import { Sources } from "../../../src/rtc/ice/sources.ts";
import { answer, check, type CheckOptions } from "./checks.ts";

const PEER = "192.0.2.7";
const STRANGER = "198.51.100.1";

/** A guard with one socket and one generation. */
class Bench {
  readonly guard = new PeerGuard();
  readonly sources = new Sources();
  readonly open = new Map<string, OpenTransaction>();
  room = true;
  own = newCredentials();
  peer = newCredentials();
  readonly socket: GuardedSocket = {
    sources: this.sources,
    openTransaction: (id) => this.open.get(id),
    hasRoomFor: () => this.room,
  };

  constructor() {
    this.guard.begin(this.own, this.peer);
  }

  take(datagram: Uint8Array, host = PEER, now = 0, port = 5_000) {
    return this.guard.take(datagram, this.socket, host, port, now);
  }

  check(options: Partial<CheckOptions> = {}): Uint8Array {
    return check({ to: this.own, from: this.peer, ...options });
  }

  /** A check of this side's own, open until it is taken away. */
  asks(host = PEER, key: string | undefined = this.peer.password): Uint8Array {
    const request = check({ to: this.peer, from: this.own });
    const integrityKey = key === undefined ? undefined : Buffer.from(key);
    this.open.set(Buffer.from(request.slice(8, 20)).toString("hex"), {
      integrityKey,
      expectedAddr: [host, 5_000],
    });
    return request;
  }

  /** Its peer has answered a check from `host`. */
  answered(host = PEER, now = 0): void {
    assert.equal(this.take(answer(this.asks(host), this.peer.password), host, now)?.what, "answer");
  }

  /** A datagram is dropped for that reason and no other, and leaves no source. */
  refuses(why: Refusal, datagram: Uint8Array, host = PEER, now = 0): void {
    const before = { ...this.guard.dropped };
    const known = this.sources.count;
    assert.equal(this.take(datagram, host, now), undefined);
    assert.deepEqual(this.guard.dropped, { ...before, [why]: before[why] + 1 });
    assert.equal(this.sources.count, known);
  }
}

Deno.test("guard: a check of the peer passes, and its address is known but not yet valid", () => {
  const bench = new Bench();
  const passed = bench.take(bench.check({ useCandidate: true }));
  assert.ok(passed?.what === "check");
  assert.equal(passed.message.useCandidate, true);
  assert.equal(passed.source.valid, false);
  assert.equal(bench.sources.accepts(PEER, 5_000), false);
});

Deno.test("guard: a check with anything wrong is dropped", () => {
  const bench = new Bench();
  const { own, peer } = bench;
  const other = newCredentials();
  bench.refuses("username", bench.check({ to: { ...own, usernameFragment: other.usernameFragment } }));
  bench.refuses("username", bench.check({ from: other }));
  bench.refuses("username", bench.check({ to: peer, from: own }));
  bench.refuses("integrity", bench.check({ password: other.password }));
  bench.refuses("integrity", bench.check({ password: peer.password }));
  bench.refuses("fingerprint", bench.check({ fingerprint: false }));
  bench.refuses("malformed", bench.check({ priority: undefined }));
  bench.refuses("malformed", bench.check({ class: 0x010 }));
  for (const method of [0x003, 0x004, 0x006, 0x007, 0x008, 0x009, 0x080]) {
    bench.refuses("malformed", bench.check({ method }));
  }
  bench.refuses("malformed", new Uint8Array(20));
});

Deno.test("guard: before there are credentials nothing passes", () => {
  const { own, peer, socket } = new Bench();
  const guard = new PeerGuard();
  assert.equal(guard.take(check({ to: own, from: peer }), socket, PEER, 5_000, 0), undefined);
  assert.equal(guard.dropped.username, 1);
});

Deno.test("guard: an answer makes its address valid, if it was asked there", () => {
  const bench = new Bench();
  bench.refuses("unasked", answer(check({ to: bench.peer, from: bench.own }), bench.peer.password));
  const request = bench.asks();
  bench.refuses("unasked", answer(request, bench.peer.password), STRANGER);
  bench.refuses("integrity", answer(request, bench.own.password));
  bench.refuses("fingerprint", answer(request, bench.peer.password, { fingerprint: false }));
  assert.equal(bench.take(answer(request, bench.peer.password), PEER, 70)?.what, "answer");
  assert.equal(bench.sources.accepts(PEER, 5_000), true);
  assert.equal(bench.guard.answeredAt, 70);
});

Deno.test("guard: an error passes and proves nothing", () => {
  const bench = new Bench();
  const request = bench.asks();
  assert.equal(bench.take(answer(request, bench.peer.password, { error: true }))?.what, "answer");
  assert.equal(bench.sources.accepts(PEER, 5_000), false);
  assert.equal(bench.guard.answeredAt, -Infinity);
});

Deno.test("guard: a server's answer needs no integrity, but its address", () => {
  const bench = new Bench();
  const request = bench.asks(STRANGER, undefined);
  bench.open.set(Buffer.from(request.slice(8, 20)).toString("hex"), { expectedAddr: [STRANGER, 5_000] });
  bench.refuses("unasked", answer(request, "anything"), PEER);
  assert.equal(bench.take(answer(request, "anything"), STRANGER)?.what, "answer");
  assert.equal(bench.sources.accepts(STRANGER, 5_000), false, "a server is not the peer");
});

Deno.test("guard: an answer that the key of another association signs is none of the peer's", () => {
  const bench = new Bench();
  const request = bench.asks(PEER, "the key of an association with a TURN server");
  bench.refuses("unasked", answer(request, "the key of an association with a TURN server"));
});

Deno.test("guard: a recorded check does not pass from elsewhere once the peer has answered", () => {
  const bench = new Bench();
  const recorded = bench.check();
  assert.equal(bench.take(recorded)?.what, "check");
  bench.answered();
  bench.refuses("replayed", recorded, STRANGER);
  assert.equal(bench.take(recorded)?.what, "check", "the peer itself may send it again");
});

Deno.test("guard: a recorded check replayed without end as the peer's does not use up its rate", () => {
  const bench = new Bench();
  bench.answered();
  const recorded = Array.from({ length: 10 }, () => bench.check());
  for (const datagram of recorded) assert.equal(bench.take(datagram)?.what, "check");
  let passed = 0;
  for (let i = 0; i < 100_000; i++) if (bench.take(recorded[i % 10]!) !== undefined) passed++;
  assert.equal(passed, 70);
  assert.equal(bench.take(bench.check())?.what, "check");
});

Deno.test("guard: checks beyond the rate are dropped, and pass again later", () => {
  const bench = new Bench();
  for (let i = 0; i < MAX_CHECKS_PER_SECOND; i++) assert.ok(bench.take(bench.check(), PEER, 1_000));
  bench.refuses("rate", bench.check(), PEER, 1_000);
  assert.ok(bench.take(bench.check(), PEER, 1_005));
  bench.refuses("rate", bench.check(), PEER, 1_005);
});

Deno.test("guard: what is forged uses up no rate", () => {
  const bench = new Bench();
  for (let i = 0; i < 10 * MAX_CHECKS_PER_SECOND; i++) {
    bench.take(bench.check({ password: "wrong" }), STRANGER);
  }
  assert.ok(bench.take(bench.check()));
});

Deno.test("guard: errors of the peer are bounded with its checks", () => {
  const bench = new Bench();
  let passed = 0;
  for (let i = 0; i < 1_000; i++) {
    if (bench.take(answer(bench.asks(), bench.peer.password, { error: true }))) passed++;
  }
  assert.equal(passed, MAX_CHECKS_PER_SECOND);
});

Deno.test("guard: a check for which there is no room leaves nothing behind", () => {
  const bench = new Bench();
  bench.room = false;
  bench.refuses("bounds", bench.check());
});

Deno.test("guard: in a restart, checks of the generation before are answered at addresses that are valid", () => {
  const bench = new Bench();
  const before = { own: bench.own, peer: bench.peer };
  bench.answered();
  [bench.own, bench.peer] = [newCredentials(), newCredentials()];
  bench.guard.begin(bench.own, bench.peer);
  const old = () => check({ to: before.own, from: before.peer });
  const passed = bench.take(old());
  assert.ok(passed?.what === "earlier check");
  assert.deepEqual(new Uint8Array(passed.key), new TextEncoder().encode(before.own.password));
  bench.refuses("username", old(), STRANGER);
  bench.refuses("username", check({ to: before.own, from: bench.peer }));
  bench.refuses("username", check({ to: bench.own, from: before.peer }));
  assert.equal(bench.sources.accepts(PEER, 5_000), true, "data of the old pair is taken meanwhile");
  assert.equal(bench.take(bench.check(), STRANGER)?.what, "check");
});

Deno.test("guard: an answer to a check of the generation before is dropped", () => {
  const bench = new Bench();
  const request = bench.asks();
  const { password } = bench.peer;
  bench.guard.begin(newCredentials(), newCredentials());
  bench.refuses("unasked", answer(request, password));
});

Deno.test("guard: the generation before is freed three seconds after the new one has its pair", () => {
  const bench = new Bench();
  const before = { own: bench.own, peer: bench.peer };
  bench.answered();
  assert.equal(bench.guard.freeEarlier(0), 1);
  bench.guard.begin(newCredentials(), newCredentials());
  assert.equal(bench.guard.freeEarlier(1e9), 1, "not before there is a pair");
  bench.guard.selected(1e9);
  bench.guard.selected(1e9 + 2_000);
  assert.equal(bench.guard.freeEarlier(1e9 + 2_999), 1);
  assert.equal(bench.guard.freeEarlier(1e9 + 3_000), 2);
  bench.refuses("username", check({ to: before.own, from: before.peer }));
});

Deno.test("guard: of three generations the first is over at once", () => {
  const bench = new Bench();
  const first = { own: bench.own, peer: bench.peer };
  bench.answered();
  bench.guard.begin(newCredentials(), newCredentials());
  bench.guard.begin(newCredentials(), newCredentials());
  bench.refuses("username", check({ to: first.own, from: first.peer }));
  assert.equal(bench.guard.freeEarlier(0), 2);
});
