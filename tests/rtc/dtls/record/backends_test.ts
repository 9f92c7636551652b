/** One suite over both backends, each record compared with `node:crypto` by the RFCs. */
import assert from "node:assert/strict";
import { RECORD_OVERHEAD } from "../../../../src/rtc/dtls/record/layout.ts";
import { Opener } from "../../../../src/rtc/dtls/record/opener.ts";
import { Sealer } from "../../../../src/rtc/dtls/record/sealer.ts";
import { seeded, seededBytes } from "../../../support/seeded.ts";
import { referenceOpen, referenceSeal } from "./reference.ts";
import { BACKENDS, freshKey } from "./support.ts";

const APPLICATION_DATA = 23;

/** Mostly as SCTP makes them, some of any length. */
function someLength(random: () => number): number {
  const kind = random();
  if (kind < 0.4) return Math.floor(random() * 120);
  if (kind < 0.9) return 1_100 + Math.floor(random() * 200);
  return Math.floor(random() * (kind < 0.99 ? 3_000 : 16_385));
}

for (const backend of BACKENDS) {
  Deno.test(`${backend.name}: 5,000 records of random lengths, in random batches, are node:crypto's`, () => {
    const random = seeded(1);
    const { key, salt } = freshKey();
    const sealer = new Sealer({ backend, key, salt, epoch: 1, first: 7 });
    let sequence = 7;
    while (sequence < 5_007) {
      const count = 1 + Math.floor(random() ** 3 * 100);
      const packets = Array.from({ length: count }, () => seededBytes(random, someLength(random)));
      const size = packets.reduce((sum, packet) => sum + packet.byteLength + RECORD_OVERHEAD, 0);
      const arena = seededBytes(random, size + 64);
      const untouched = arena.slice();
      const end = sealer.seal(APPLICATION_DATA, packets, arena, 32);
      assert.equal(end, 32 + size);
      assert.deepEqual(arena.subarray(0, 32), untouched.subarray(0, 32), "nothing is written before");
      assert.deepEqual(arena.subarray(end), untouched.subarray(end), "nothing is written behind");
      let at = 32;
      for (const packet of packets) {
        const record = arena.subarray(at, at += packet.byteLength + RECORD_OVERHEAD);
        const fields = { type: APPLICATION_DATA, epoch: 1, sequence: sequence++, packet };
        assert.ok(same(record, referenceSeal(key, salt, fields)), `record ${sequence - 1}`);
      }
    }
  });

  Deno.test(`${backend.name}: every length up to 300 bytes, and the longest`, () => {
    const random = seeded(2);
    const { key, salt } = freshKey();
    const sealer = new Sealer({ backend, key, salt, epoch: 1, first: 1 });
    const opener = new Opener({ backend, key, salt, epoch: 1 });
    const lengths = [...Array.from({ length: 301 }, (_, length) => length), 16_383, 16_384];
    for (const [index, length] of lengths.entries()) {
      const packet = seededBytes(random, length);
      const record = sealer.sealOne(APPLICATION_DATA, packet);
      const fields = { type: APPLICATION_DATA, epoch: 1, sequence: index + 1, packet };
      assert.ok(same(record, referenceSeal(key, salt, fields)), `${length} bytes`);
      const opened = opener.open(record);
      assert.ok(typeof opened !== "string" && same(opened, packet), `${length} bytes`);
    }
  });

  Deno.test(`${backend.name}: types, epochs and sequence numbers over all their bits`, () => {
    const random = seeded(3);
    const packets = [seededBytes(random, 100), seededBytes(random, 0), seededBytes(random, 1_200)];
    for (let i = 0; i < 300; i++) {
      const { key, salt } = freshKey();
      const epoch = 1 + Math.floor(random() * 0xffff);
      const first = i % 3 === 0
        ? 2 ** 32 * Math.floor(1 + random() * 9) - 2
        : Math.floor(random() ** 4 * 2 ** 47);
      const type = i % 2 === 0 ? 21 : APPLICATION_DATA;
      const sealer = new Sealer({ backend, key, salt, epoch, first });
      const opener = new Opener({ backend, key, salt, epoch });
      for (const [index, packet] of packets.entries()) {
        const record = sealer.sealOne(type, packet);
        const expected = referenceSeal(key, salt, { type, epoch, sequence: first + index, packet });
        assert.deepEqual(record, expected);
        assert.deepEqual(opener.open(record), packet);
      }
    }
  });

  Deno.test(`${backend.name}: opens 5,000 records that come late, early, twice or not at all`, () => {
    const random = seeded(4);
    const { key, salt } = freshKey();
    const opener = new Opener({ backend, key, salt, epoch: 1 });
    const seen = new Set<number>();
    for (let i = 0; i < 5_000; i++) {
      const reordered = random() < 0.1 ? -Math.floor(random() * 40) : random() < 0.05 ? 5 : 0;
      const sequence = Math.max(0, i + reordered);
      const packet = seededBytes(
        random,
        random() < 0.8 ? 50 + Math.floor(random() * 50) : someLength(random),
      );
      const fields = { type: APPLICATION_DATA, epoch: 1, sequence, packet };
      const opened = opener.open(referenceSeal(key, salt, fields));
      if (seen.has(sequence)) assert.equal(opened, "replayed");
      else assert.ok(typeof opened !== "string" && same(opened, packet), `record ${sequence}: ${opened}`);
      seen.add(sequence);
    }
  });

  Deno.test(`${backend.name}: a peer may count its explicit nonces from a random one, or not at all`, () => {
    const random = seeded(5);
    for (const style of ["counted", "overflowing", "random"]) {
      const { key, salt } = freshKey();
      const opener = new Opener({ backend, key, salt, epoch: 1 });
      const nonce = new DataView(seededBytes(random, 8).buffer);
      if (style === "overflowing") nonce.setUint32(4, 0xffff_ffe0);
      for (let sequence = 1; sequence < 200; sequence++) {
        const packet = seededBytes(random, someLength(random) % 2_000);
        const explicitNonce = style === "random" ? seededBytes(random, 8) : new Uint8Array(nonce.buffer);
        const fields = { type: APPLICATION_DATA, epoch: 1, sequence, packet, explicitNonce };
        assert.deepEqual(opener.open(referenceSeal(key, salt, fields)), packet, style);
        nonce.setBigUint64(0, BigInt.asUintN(64, nonce.getBigUint64(0) + 1n));
      }
    }
  });

  Deno.test(`${backend.name}: 2,000 changed records are refused and stay as they are`, () => {
    const random = seeded(6);
    const { key, salt } = freshKey();
    const openingKey = backend.openingKey(key, salt);
    for (let i = 0; i < 2_000; i++) {
      const packet = seededBytes(random, i % 10 === 0 ? someLength(random) : i % 200);
      const record = referenceSeal(key, salt, { type: APPLICATION_DATA, epoch: 1, sequence: i, packet });
      const forged = record.slice();
      // The length of the fragment is not authenticated as such: it is checked against the record's.
      let at = Math.floor(random() * (record.byteLength - 2));
      if (at >= 11) at += 2;
      forged[at]! ^= 1 << Math.floor(random() * 8);
      const before = forged.slice();
      assert.equal(openingKey.open(forged), false, `byte ${at} of ${record.byteLength}`);
      assert.deepEqual(forged, before);
      assert.throws(() => referenceOpen(key, salt, forged));
      assert.equal(openingKey.open(record), true);
    }
  });

  Deno.test(`${backend.name}: many keys in turns do not disturb each other`, () => {
    const random = seeded(7);
    const ends = Array.from({ length: 5 }, () => {
      const { key, salt } = freshKey();
      return {
        sealer: new Sealer({ backend, key, salt, epoch: 1, first: 1 }),
        opener: new Opener({ backend, key, salt, epoch: 1 }),
      };
    });
    for (let i = 0; i < 500; i++) {
      const { sealer, opener } = ends[Math.floor(random() * ends.length)]!;
      const packet = seededBytes(random, someLength(random));
      const opened = opener.open(sealer.sealOne(APPLICATION_DATA, packet));
      assert.ok(typeof opened !== "string" && same(opened, packet));
    }
  });

  Deno.test(`${backend.name}: key and salt are copied`, () => {
    const { key, salt } = freshKey();
    const packet = new Uint8Array(40).fill(1);
    const [keyBefore, saltBefore] = [key.slice(), salt.slice()];
    const sealer = new Sealer({ backend, key, salt, epoch: 1, first: 1 });
    const opener = new Opener({ backend, key, salt, epoch: 1 });
    key.fill(0);
    salt.fill(0);
    const record = sealer.sealOne(APPLICATION_DATA, packet);
    assert.deepEqual(referenceOpen(keyBefore, saltBefore, record), packet);
    assert.deepEqual(opener.open(record), packet);
  });
}

/** deepEqual takes its time over long arrays. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}
