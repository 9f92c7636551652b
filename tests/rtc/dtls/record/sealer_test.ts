import assert from "node:assert/strict";
import fc from "fast-check";
import type { AeadBackend } from "../../../../src/rtc/dtls/record/aead_backend.ts";
import { RecordError, type RecordErrorType } from "../../../../src/rtc/dtls/record/errors.ts";
import { KeyOwnership } from "../../../../src/rtc/dtls/record/key_ownership.ts";
import { readSequence, RECORD_OVERHEAD, SEQUENCE_END } from "../../../../src/rtc/dtls/record/layout.ts";
import { nodeBackend } from "../../../../src/rtc/dtls/record/node_backend.ts";
import { Sealer } from "../../../../src/rtc/dtls/record/sealer.ts";
import { BACKENDS, freshKey } from "./support.ts";

const fails = (type: RecordErrorType) => (error: unknown) =>
  error instanceof RecordError && error.type === type;
const bytes = (length: number) => new Uint8Array(length);

/** Notes each number that is sealed under, and fails on some calls, half-way. */
function witness(backend: AeadBackend, used: number[], failing: (call: number) => boolean): AeadBackend {
  let calls = 0;
  return {
    ...backend,
    sealingKey(key, salt) {
      const inner = backend.sealingKey(key, salt);
      return {
        seal(type, epoch, sequence, packets, arena, offset) {
          const fault = failing(calls++);
          const made = fault ? packets.slice(0, packets.length >> 1) : packets;
          made.forEach((_, index) => used.push(sequence + index));
          inner.seal(type, epoch, sequence, made, arena, offset);
          if (fault) throw new Error("out of memory, say");
        },
      };
    },
  };
}

/** What can be done to a sealer, as the lengths of a batch, a mistake, or a failure inside. */
const operation = fc.oneof(
  fc.record({ kind: fc.constant("batch"), lengths: fc.array(fc.nat(200), { maxLength: 9 }) }),
  fc.record({
    kind: fc.constant("small arena"),
    lengths: fc.array(fc.nat(50), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("too long"), lengths: fc.constant([10, 16_385]) }),
  fc.record({ kind: fc.constant("one"), lengths: fc.tuple(fc.nat(50)) }),
);

for (const backend of BACKENDS) {
  Deno.test(`sealer, ${backend.name}: no number is ever used twice, whatever fails, and they only rise`, () => {
    const first = fc.oneof(fc.nat(20), fc.integer({ min: 1, max: 50 }).map((left) => SEQUENCE_END - left));
    fc.assert(
      fc.property(first, fc.array(operation, { maxLength: 20 }), fc.nat(), (from, operations, faults) => {
        const used: number[] = [];
        const witnessed = witness(backend, used, (call) => (faults >>> (call % 31)) % 4 === 3);
        const sealer = new Sealer({ backend: witnessed, ...freshKey(), epoch: 1, first: from });
        for (const { kind, lengths } of operations) {
          const packets = lengths.map(bytes);
          const size = lengths.reduce((sum, length) => sum + length + RECORD_OVERHEAD, 0);
          const arena = bytes(kind === "small arena" ? size - 1 : size);
          const next = sealer.next;
          try {
            if (kind === "one") sealer.sealOne(23, packets[0]!);
            else sealer.seal(23, packets, arena);
            assert.equal(sealer.next, next + packets.length);
          } catch (error) {
            if (error instanceof RecordError) assert.equal(sealer.next, next, "nothing was sealed");
          }
        }
        for (const [index, number] of used.entries()) {
          assert.ok(number >= from && number < SEQUENCE_END && number < sealer.next);
          if (index > 0) assert.ok(number > used[index - 1]!, `${number} after ${used[index - 1]}`);
        }
      }),
      { seed: 11, numRuns: 150 },
    );
  });

  Deno.test(`sealer, ${backend.name}: the sequence numbers end, and do not begin again`, () => {
    const sealer = new Sealer({ backend, ...freshKey(), epoch: 1, first: SEQUENCE_END - 3 });
    const arena = bytes(4 * (10 + RECORD_OVERHEAD));
    const batch = [bytes(10), bytes(10), bytes(10), bytes(10)];
    assert.throws(() => sealer.seal(23, batch, arena), fails("sequence-exhausted"));
    assert.deepEqual(arena, bytes(arena.byteLength), "a batch is sealed whole or not at all");
    sealer.seal(23, batch.slice(1), arena);
    assert.equal(readSequence(arena, 2 * (10 + RECORD_OVERHEAD)), SEQUENCE_END - 1);
    for (let i = 0; i < 3; i++) {
      assert.throws(() => sealer.sealOne(23, bytes(1)), fails("sequence-exhausted"));
    }
  });
}

Deno.test("sealer: a key has one sealer in the process, also after that one's end", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.boolean()), { maxLength: 12 }), (attempts) => {
      const keys = Array.from({ length: 4 }, freshKey);
      const sealers = new Map<number, Sealer>();
      for (const [index, close] of attempts) {
        // Another array of the same bytes is the same key.
        const key = keys[index]!.key.slice();
        const options = { backend: nodeBackend, key, salt: keys[index]!.salt, epoch: 1, first: 100 };
        if (sealers.has(index)) assert.throws(() => new Sealer(options), fails("key-in-use"));
        else sealers.set(index, new Sealer(options));
        if (close) sealers.get(index)!.close();
      }
    }),
    { seed: 12 },
  );
});

Deno.test("sealer: a backend that fails leaves the key free for another", () => {
  const broken: AeadBackend = {
    ...nodeBackend,
    sealingKey: () => {
      throw new Error("no WebAssembly");
    },
  };
  const options = { ...freshKey(), epoch: 1, first: 1 };
  assert.throws(() => new Sealer({ ...options, backend: broken }), /no WebAssembly/);
  new Sealer({ ...options, backend: nodeBackend });
});

Deno.test("sealer: the keys of the past take bounded memory, those in use are all remembered", () => {
  const key = freshKey().key;
  const ownership = KeyOwnership.claim(key)!;
  for (let i = 0; i < 20_000; i++) KeyOwnership.claim(Uint8Array.of(i, i >> 8, 1))?.retire();
  assert.equal(KeyOwnership.claim(key), undefined);
  assert.equal(KeyOwnership.claim(Uint8Array.of(19_999 & 255, 19_999 >> 8, 1)), undefined);
  assert.ok(KeyOwnership.claim(Uint8Array.of(0, 0, 1)), "the oldest has been forgotten");
  ownership.retire();
});

Deno.test("sealer: refuses when closed, and what cannot be a key, an epoch or a number", () => {
  const sealer = new Sealer({ backend: nodeBackend, ...freshKey(), epoch: 1, first: 1 });
  assert.equal(sealer.seal(23, [], bytes(3), 3), 3);
  sealer.close();
  assert.throws(() => sealer.sealOne(23, bytes(1)), fails("closed"));
  const good = { backend: nodeBackend, ...freshKey(), epoch: 1, first: 1 };
  const bad = [{ key: bytes(15) }, { salt: bytes(5) }, { epoch: 0 }, { epoch: 65_536 }, { first: -1 }, {
    first: 2 ** 48,
  }, { first: 1.5 }];
  for (const fault of bad) assert.throws(() => new Sealer({ ...good, ...fault }));
});
