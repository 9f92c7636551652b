import assert from "node:assert/strict";
import type { Ending } from "../../../../src/rtc/dtls/record/alert.ts";
import { RecordError } from "../../../../src/rtc/dtls/record/errors.ts";
import { SEQUENCE_END } from "../../../../src/rtc/dtls/record/layout.ts";
import { Opener } from "../../../../src/rtc/dtls/record/opener.ts";
import { RecordLayer } from "../../../../src/rtc/dtls/record/record_layer.ts";
import { Sealer } from "../../../../src/rtc/dtls/record/sealer.ts";
import { seeded, seededBytes } from "../../../support/seeded.ts";
import { referenceOpen, referenceSeal } from "./reference.ts";
import { BACKENDS, freshKey, sealOne } from "./support.ts";

const random = seeded(31);

for (const backend of BACKENDS) {
  /** A record layer, what it has told, and its peer's hand. */
  const layer = (first = 7) => {
    const [write, read] = [freshKey(), freshKey()];
    const records = new RecordLayer(
      new Sealer({ backend, ...write, epoch: 1, first }),
      new Opener({ backend, ...read, epoch: 1 }),
    );
    const packets: Uint8Array[] = [];
    const ends: Ending[] = [];
    records.onpacket = (packet) => packets.push(packet.slice());
    records.onend = (how) => ends.push(how);
    let sequence = 1;
    const peer = (type: number, packet: Uint8Array) =>
      referenceSeal(read.key, read.salt, { type, epoch: 1, sequence: sequence++, packet });
    return { records, packets, ends, peer, write };
  };

  Deno.test(`record layer, ${backend.name}: the records of a datagram, in order, whatever lies between`, () => {
    const { records, packets, peer } = layer();
    const sent = Array.from({ length: 5 }, () => seededBytes(random, 80));
    const [a, b, c, d, e] = sent.map((packet) => peer(23, packet)) as [Uint8Array, ...Uint8Array[]];
    const forged = e!.slice();
    forged[30]! ^= 1;
    // A handshake record, a plaintext alert, an unknown type.
    const noise = [
      peer(22, sent[0]!),
      [21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40],
      peer(99, sent[0]!),
    ];
    records.receive(Uint8Array.of(...a!, ...noise.flatMap((bytes) => [...bytes]), ...b!));
    records.receive(Uint8Array.of(...c!, ...forged, ...d!, ...c!));
    records.receive(Uint8Array.of(...e!, 23, 254, 253));
    assert.deepEqual(packets, sent);
    const dropped = { malformed: 2, epoch: 0, replayed: 1, old: 0, forged: 1, type: 2, closed: 0 };
    assert.deepEqual(records.dropped, dropped);
  });

  Deno.test(`record layer, ${backend.name}: close_notify and fatal alerts end it, warnings do not`, () => {
    for (
      const [alert, how] of [
        [[1, 0], { type: "close-notify" }],
        [[2, 0], { type: "close-notify" }],
        [[2, 40], { type: "alert", description: 40 }],
        [[7, 40], { type: "alert", description: 40 }],
      ] as [number[], Ending][]
    ) {
      const { records, packets, ends, peer } = layer();
      records.receive(peer(21, Uint8Array.of(1, 90)));
      records.receive(peer(21, Uint8Array.of(2)));
      records.receive(peer(21, Uint8Array.of(2, 40, 0)));
      records.receive(peer(23, Uint8Array.of(1)));
      assert.deepEqual(ends, []);
      records.receive(Uint8Array.of(...peer(21, Uint8Array.from(alert)), ...peer(23, Uint8Array.of(2))));
      records.receive(peer(21, Uint8Array.from(alert)));
      assert.deepEqual(ends, [how], "once");
      assert.deepEqual(packets, [Uint8Array.of(1)], "nothing comes after the end");
      assert.equal(records.dropped.closed, 2);
    }
  });

  Deno.test(`record layer, ${backend.name}: nobody without the keys can end it`, () => {
    const { records, ends, peer } = layer();
    for (const epoch of [0, 1, 2]) {
      for (const alert of [[1, 0], [2, 40]]) {
        const plain = [21, 254, 253, 0, epoch, 0, 0, 0, 0, 0, 1, 0, 2, ...alert];
        records.receive(Uint8Array.from(plain));
      }
    }
    const record = peer(21, Uint8Array.of(1, 0));
    record[22]! ^= 1;
    records.receive(record);
    assert.deepEqual(ends, []);
  });

  Deno.test(`record layer, ${backend.name}: close_notify is the last record that is sealed`, () => {
    const { records, write } = layer(7);
    const packet = seededBytes(random, 50);
    const record = sealOne(records, packet);
    assert.deepEqual(referenceOpen(write.key, write.salt, record), packet);
    const close = records.closeNotify()!;
    const expected = { type: 21, epoch: 1, sequence: 8, packet: Uint8Array.of(1, 0) };
    assert.deepEqual(close, referenceSeal(write.key, write.salt, expected));
    assert.equal(records.closeNotify(), undefined);
    const closed = (error: unknown) => error instanceof RecordError && error.type === "closed";
    assert.throws(() => sealOne(records, packet), closed);
    assert.throws(() => records.seal([packet], new Uint8Array(200)), closed);
    assert.equal(layer(SEQUENCE_END).records.closeNotify(), undefined, "no number is left for it");
  });

  Deno.test(`record layer, ${backend.name}: 20,000 datagrams of noise neither throw nor get through`, () => {
    const { records, packets, ends, peer } = layer();
    const base = peer(23, seededBytes(random, 40));
    for (let i = 0; i < 20_000; i++) {
      const datagram = i % 2 === 0 ? seededBytes(random, Math.floor(random() * 90)) : base.slice();
      for (let n = Math.floor(random() * 4); n >= 0; n--) {
        datagram[Math.floor(random() * Math.min(14, datagram.byteLength))]! ^= 1 << Math.floor(random() * 8);
      }
      // An even number of changes to one bit would leave the record as it was.
      if (datagram.every((byte, index) => byte === base[index])) continue;
      records.receive(datagram);
    }
    const opened = packets.length;
    assert.ok(opened === 0 && ends.length === 0, `${opened} packets`);
    records.receive(base);
    assert.equal(packets.length, 1);
  });
}
