import assert from "node:assert/strict";
import { RTO_BACKED_OFF } from "../../../src/rtc/sctp/constants.ts";
import { seeded, seededBytes } from "../../support/seeded.ts";
import { type LinkFaults, Pair } from "./pair.ts";

const CLEAN: LinkFaults = { delay: 20 };

function messages(seed: number, count: number, largest: number): Uint8Array<ArrayBuffer>[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => seededBytes(random, 1 + Math.floor(random() * largest)));
}

/** Sends on three streams from the server, and checks that each arrives whole, once and in its order. */
function exchange(pair: Pair, sent: readonly Uint8Array<ArrayBuffer>[], ms = 600_000): void {
  pair.connect();
  for (const [i, data] of sent.entries()) pair.server.association.send(i % 3, 53, data);
  assert.ok(pair.drive(() => pair.client.received.length >= sent.length, ms), "all messages in time");
  for (let stream = 0; stream < 3; stream++) {
    const arrived = pair.client.received.filter(({ streamId }) => streamId === stream).map(({ data }) =>
      data
    );
    assert.deepEqual(arrived, sent.filter((_, i) => i % 3 === stream));
  }
}

Deno.test("association: a handshake takes two round trips", () => {
  const pair = new Pair(1, CLEAN);
  pair.connect();
  assert.deepEqual([pair.client.association.state, pair.server.association.state], [
    "established",
    "established",
  ]);
  assert.equal(pair.now, 80);
});

Deno.test("association: messages of all sizes arrive whole and in order", () => {
  exchange(new Pair(2, CLEAN), messages(2, 300, 40_000));
});

const paths: [string, LinkFaults][] = [
  ["5 % loss, 5 % reordering, 1 % duplication", {
    delay: 20,
    loss: 0.05,
    reorder: 0.05,
    reorderMs: 8,
    duplicate: 0.01,
  }],
  ["30 % loss", { delay: 10, loss: 0.3 }],
  ["half of the packets late", { delay: 10, reorder: 0.5, reorderMs: 30 }],
  ["no delay at all", { delay: 0, loss: 0.02 }],
];

for (const [name, faults] of paths) {
  Deno.test(`association: exact bytes with ${name}`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      exchange(new Pair(seed, faults), messages(seed, 150, 20_000), 3_600_000);
    }
  });
}

Deno.test("association: memory of messages that have arrived, or were withdrawn, may be used again", () => {
  const pair = new Pair(15, { delay: 20, loss: 0.05, duplicate: 0.05, reorder: 0.2, reorderMs: 30 });
  const { association } = pair.server;
  const held = new Set<Uint8Array>();
  association.onreleased = (message) => {
    assert.ok(held.delete(message), "once each");
    message.fill(0xee);
  };
  pair.connect();
  const sent = messages(15, 200, 20_000).map((data, i) => (data[0] = i, data));
  for (const [i, data] of sent.entries()) {
    const message = data.slice();
    held.add(message);
    association.send(i % 3, 53, message);
  }
  pair.drive(() => pair.client.received.length > 20);
  const withdrawn = association.withdraw(2, () => true);
  assert.ok(withdrawn > 0);
  pair.drive(() => false);
  assert.equal(held.size, 0);
  for (const { data } of pair.client.received) assert.deepEqual(data, sent[data[0]!]);
  const arrived = pair.client.received.reduce((sum, { data }) => sum + data.byteLength, 0);
  assert.equal(arrived + withdrawn, sent.reduce((sum, data) => sum + data.byteLength, 0));
});

Deno.test("association: TSN and SSN wrap", () => {
  // The first numbers drawn are the tag and the initial TSN.
  const nearTheEnd = () => {
    const random = seeded(5);
    let drawn = 0;
    return () => ++drawn === 2 ? 0.999_999_99 : random();
  };
  const options = { random: nearTheEnd() };
  const pair = new Pair(5, { delay: 1, loss: 0.01 }, { server: options });
  pair.connect();
  const count = 70_000;
  let next = 0;
  const seen: number[] = [];
  pair.client.association.onmessage = (_, __, data) => {
    seen.push(new DataView(data.buffer).getUint32(0));
  };
  pair.drive(() => {
    while (next < count && pair.server.association.bufferedAmount(1) < 4_000) {
      const data = new Uint8Array(4);
      new DataView(data.buffer).setUint32(0, next++);
      pair.server.association.send(1, 53, data);
    }
    return seen.length === count;
  });
  assert.equal(seen.length, count);
  assert.ok(seen.every((value, i) => value === i));
});

Deno.test("association: both ways at once", () => {
  const pair = new Pair(6, { delay: 15, loss: 0.02 });
  pair.connect();
  const up = messages(7, 100, 5_000);
  const down = messages(8, 100, 30_000);
  for (const data of up) pair.client.association.send(1, 53, data);
  for (const data of down) pair.server.association.send(1, 53, data);
  assert.ok(pair.drive(() => pair.server.received.length === 100 && pair.client.received.length === 100));
  assert.deepEqual(pair.server.received.map(({ data }) => data), up);
  assert.deepEqual(pair.client.received.map(({ data }) => data), down);
});

Deno.test("association: an urgent message passes those that wait, and what waits can be withdrawn", () => {
  const pair = new Pair(9, CLEAN);
  pair.connect();
  const { association } = pair.server;
  for (let i = 0; i < 20; i++) association.send(1, 53, new Uint8Array(16_384).fill(i));
  association.send(1, 53, new Uint8Array([255]), { urgent: true });
  pair.drive(() => pair.client.received.length >= 1);
  const withdrawn = association.withdraw(1, (data) => data[0]! >= 10 && data[0]! < 20);
  assert.ok(withdrawn > 0);
  pair.drive(() => false, 60_000);
  const order = pair.client.received.map(({ data }) => data[0]!);
  assert.ok(order.indexOf(255) <= 2, `urgent was number ${order.indexOf(255)}`);
  assert.deepEqual(order.filter((n) => n < 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(association.bufferedAmount(1), 0);
});

Deno.test("association: streams are reset after all that was sent on them has arrived", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const pair = new Pair(seed, { delay: 20, loss: 0.1, reorder: 0.1, reorderMs: 20 });
    pair.connect();
    const incoming: number[] = [];
    const outgoing: number[] = [];
    let before = -1;
    pair.client.association.onincomingreset = (streams) => {
      before = pair.client.received.length;
      incoming.push(...streams);
    };
    pair.server.association.onoutgoingreset = (streams) => outgoing.push(...streams);
    for (let i = 0; i < 10; i++) pair.server.association.send(4, 53, new Uint8Array(5_000));
    pair.server.association.resetStream(4, pair.now);
    assert.ok(pair.drive(() => outgoing.length === 1 && incoming.length === 1));
    assert.deepEqual([incoming, outgoing, before], [[4], [4], 10]);
    // The stream begins anew.
    pair.server.association.send(4, 53, new Uint8Array([1]));
    assert.ok(pair.drive(() => pair.client.received.length === 11));
  }
});

Deno.test("association: ABORT ends both sides at once, and a peer that has gone is noticed", () => {
  const pair = new Pair(11, CLEAN);
  pair.connect();
  pair.server.association.abort();
  pair.drive(() => pair.client.association.state === "ended");
  assert.deepEqual([pair.client.association.state, pair.server.association.state], ["ended", "ended"]);
  let cut = false;
  const lonely = new Pair(12, {
    delay: 20,
    mangle: (packet) => cut ? new Uint8Array(0) : packet,
  });
  lonely.connect();
  cut = true;
  lonely.server.association.send(1, 53, new Uint8Array(100_000));
  assert.ok(lonely.drive(() => lonely.server.association.state === "ended"));
  assert.equal(lonely.server.association.nextTimeout, undefined);
});

Deno.test("association: a path that comes back within 30 s is in use again after a second at most", () => {
  for (const outage of [500, 3_000, 29_000]) {
    let cut = false;
    const pair = new Pair(outage, { delay: 20, drop: () => cut });
    pair.connect();
    for (let i = 0; i < 100; i++) pair.server.association.send(1, 53, new Uint8Array(16_384));
    pair.drive(() => pair.client.received.length > 10);
    cut = true;
    pair.drive(() => false, outage);
    cut = false;
    const [mended, sent] = [pair.now, pair.server.sent];
    assert.ok(pair.drive(() => pair.server.sent > sent + 10), "the association has failed");
    assert.ok(pair.now - mended < RTO_BACKED_OFF + 200, `${pair.now - mended} ms after ${outage}`);
    assert.ok(pair.drive(() => pair.client.received.length === 100));
  }
});

Deno.test("association: a receiver that takes nothing more closes its window, and opens it again", () => {
  const pair = new Pair(13, CLEAN, { client: { receiveWindow: 20_000 } });
  exchange(pair, messages(13, 60, 15_000));
});

Deno.test("association: packets have a checksum unless both sides do without", () => {
  for (const [client, server] of [[true, true], [true, false], [false, true], [false, false]] as const) {
    let without = 0;
    const pair = new Pair(14, {
      delay: 5,
      mangle: (packet) => {
        if (new DataView(packet.buffer).getUint32(8) === 0) without++;
        return packet;
      },
    }, { client: { zeroChecksum: client }, server: { zeroChecksum: server } });
    exchange(pair, messages(14, 20, 5_000));
    assert.equal(without > 0, client && server);
  }
});

Deno.test("association: no packet of a stranger or of a mad peer makes it throw, and bytes stay exact", () => {
  const random = seeded(15);
  const pair = new Pair(15, { delay: 5 });
  pair.connect();
  let sample: Uint8Array<ArrayBuffer> | undefined;
  const sent = messages(15, 40, 20_000);
  for (const data of sent) pair.server.association.send(1, 53, data);
  pair.drive(() => {
    for (let i = 0; i < 200; i++) {
      const packet = sample !== undefined && random() < 0.7
        ? sample.slice()
        : seededBytes(random, 12 + Math.floor(random() * 200));
      for (let k = 0; k < 3; k++) packet[Math.floor(random() * packet.length)] = random() * 256;
      pair.client.association.receive(packet, pair.now);
      pair.server.association.receive(packet, pair.now);
    }
    sample ??= pair.server.association.poll(pair.now)?.slice();
    return pair.client.received.length >= sent.length;
  }, 120_000);
  assert.deepEqual(pair.client.received.map(({ data }) => data), sent);
});
