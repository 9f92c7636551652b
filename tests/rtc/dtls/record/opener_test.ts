import assert from "node:assert/strict";
import fc from "fast-check";
import { Opener } from "../../../../src/rtc/dtls/record/opener.ts";
import { REPLAY_WINDOW, ReplayWindow } from "../../../../src/rtc/dtls/record/replay_window.ts";
import { seeded, seededBytes } from "../../../support/seeded.ts";
import { referenceSeal } from "./reference.ts";
import { BACKENDS, freshKey } from "./support.ts";

const packet = new Uint8Array(60).fill(9);

Deno.test("replay window: agrees with a set of all numbers", () => {
  const jump = fc.oneof(
    fc.integer({ min: -40, max: 40 }),
    fc.integer({ min: -2 * REPLAY_WINDOW, max: 2 * REPLAY_WINDOW }),
    fc.constantFrom(REPLAY_WINDOW, REPLAY_WINDOW - 1, REPLAY_WINDOW + 1, -REPLAY_WINDOW, 1 - REPLAY_WINDOW),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 48 - 1e6 }),
      fc.array(jump, { maxLength: 200 }),
      (start, jumps) => {
        const window = new ReplayWindow();
        const seen = new Set<number>();
        let highest = -1;
        for (const by of [0, ...jumps]) {
          const sequence = Math.max(0, highest < 0 ? start : highest + by);
          const old = sequence <= highest - REPLAY_WINDOW;
          const expected = old ? "old" : seen.has(sequence) ? "replayed" : "new";
          assert.equal(window.check(sequence), expected);
          if (expected !== "new") continue;
          window.accept(sequence);
          seen.add(sequence);
          highest = Math.max(highest, sequence);
          assert.equal(window.highest, highest);
        }
      },
    ),
    { seed: 21, numRuns: 300 },
  );
});

for (const backend of BACKENDS) {
  const pair = () => {
    const { key, salt } = freshKey();
    const opener = new Opener({ backend, key, salt, epoch: 1 });
    const seal = (sequence: number, epoch = 1) =>
      referenceSeal(key, salt, { type: 23, epoch, sequence, packet });
    return { opener, seal };
  };

  Deno.test(`opener, ${backend.name}: a forged record does not move the window`, () => {
    const { opener, seal } = pair();
    assert.deepEqual(opener.open(seal(5)), packet);
    for (const sequence of [6, 100, 2 ** 40, 2 ** 48 - 1]) {
      const forged = seal(sequence);
      forged[forged.byteLength - 1]! ^= 128;
      assert.equal(opener.open(forged), "forged");
    }
    for (const sequence of [6, 4, 100]) assert.deepEqual(opener.open(seal(sequence)), packet);
  });

  Deno.test(`opener, ${backend.name}: each record once, none from before the window`, () => {
    const { opener, seal } = pair();
    assert.deepEqual(opener.open(seal(5_000)), packet);
    assert.equal(opener.open(seal(5_000)), "replayed");
    assert.deepEqual(opener.open(seal(5_000 - REPLAY_WINDOW + 1)), packet);
    assert.equal(opener.open(seal(5_000 - REPLAY_WINDOW + 1)), "replayed");
    assert.equal(opener.open(seal(5_000 - REPLAY_WINDOW)), "old");
    assert.deepEqual(opener.open(seal(2 ** 48 - 1)), packet);
    assert.equal(opener.open(seal(5_001)), "old");
  });

  Deno.test(`opener, ${backend.name}: every truncation is refused and changes nothing`, () => {
    const { opener, seal } = pair();
    const record = seal(1);
    for (let length = 0; length < record.byteLength; length++) {
      const cut = record.slice(0, length);
      assert.equal(opener.open(cut), "malformed");
      if (length < 13) continue;
      // With the length made to fit, too.
      cut[11] = (length - 13) >> 8;
      cut[12] = length - 13;
      assert.equal(opener.open(cut), length < 37 ? "malformed" : "forged");
    }
    assert.equal(opener.open(Uint8Array.of(...record, 0)), "malformed");
    assert.deepEqual(opener.open(record), packet);
  });

  Deno.test(`opener, ${backend.name}: other epochs and versions, and records too long to be any`, () => {
    const { opener, seal } = pair();
    assert.equal(opener.open(seal(1, 2)), "epoch");
    assert.equal(opener.open(seal(1, 0)), "epoch");
    const version = seal(1);
    version[2] = 0xff;
    assert.equal(opener.open(version), "malformed");
    const { key, salt } = freshKey();
    const long = referenceSeal(key, salt, {
      type: 23,
      epoch: 1,
      sequence: 1,
      packet: new Uint8Array(16_385),
    });
    assert.equal(new Opener({ backend, key, salt, epoch: 1 }).open(long), "malformed");
    assert.deepEqual(opener.open(seal(1)), packet);
  });

  Deno.test(`opener, ${backend.name}: noise between the records neither throws nor disturbs`, () => {
    const { opener, seal } = pair();
    const random = seeded(23);
    for (let sequence = 0; sequence < 1_000; sequence++) {
      const noise = seededBytes(random, Math.floor(random() * 300));
      if (sequence % 2 === 0) noise.set(seal(sequence).subarray(0, Math.min(21, noise.byteLength)));
      assert.equal(typeof opener.open(noise), "string");
      assert.deepEqual(opener.open(seal(sequence)), packet);
    }
  });
}
