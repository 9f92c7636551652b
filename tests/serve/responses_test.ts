import assert from "node:assert/strict";
import fc from "fast-check";
import { clampRange, MAX_RESPONSES, MAX_WAITING, Responses } from "../../src/serve/responses.ts";

const KIB = 1_024;

function filled(count: number, now = 0): Responses {
  const responses = new Responses(1_000 * KIB);
  for (let id = 1; id <= count; id++) responses.request(id, 0n, 0n, now);
  return responses;
}

Deno.test("responses: four are served, 64 wait, the next is busy at once", () => {
  const responses = filled(MAX_RESPONSES + MAX_WAITING);
  assert.deepEqual([responses.active.length, responses.waiting], [4, 64]);
  assert.equal(responses.request(1_000, 0n, 0n, 0).type, "busy");
});

Deno.test("defect 34: slots go to those that wait in the order they came", () => {
  const responses = filled(10);
  const order: number[] = [];
  for (let id = 1; id <= 10; id++) {
    responses.cancel(id);
    const next = responses.promote();
    if (next !== undefined) order.push(next.streamId);
  }
  assert.deepEqual(order, [5, 6, 7, 8, 9, 10]);
});

Deno.test("responses: who has waited 5 s is taken out, and nobody else", () => {
  const responses = filled(6, 0);
  responses.request(7, 0n, 0n, 1_000);
  assert.equal(responses.deadline, 5_000);
  assert.deepEqual(responses.expire(4_999), []);
  assert.deepEqual(responses.expire(5_000).map(({ streamId }) => streamId), [5, 6]);
  assert.equal(responses.deadline, 6_000);
  assert.deepEqual(responses.expire(60_000).map(({ streamId }) => streamId), [7]);
  assert.equal(responses.deadline, undefined);
});

Deno.test("defect 28: a waiting request can be cancelled", () => {
  const responses = filled(5);
  assert.equal(responses.cancel(5)?.streamId, 5);
  assert.equal(responses.waiting, 0);
  assert.equal(responses.cancel(5), undefined);
});

Deno.test("defect 26: a second request with an id in use stops the first and is not served", () => {
  for (const id of [2, 5]) {
    const responses = filled(6);
    const outcome = responses.request(id, 0n, 0n, 0);
    assert.ok(outcome.type === "duplicate" && outcome.stopped.streamId === id);
    assert.ok(!responses.active.some(({ streamId }) => streamId === id));
    assert.equal(responses.cancel(id), undefined);
  }
});

Deno.test("responses: a start outside the file is told at once, even when all slots are taken", () => {
  const responses = filled(MAX_RESPONSES + MAX_WAITING);
  assert.equal(responses.request(1_000, BigInt(1_000 * KIB), 1n, 0).type, "out-of-range");
});

Deno.test("responses: turns go round", () => {
  const responses = filled(3);
  const turns = Array.from({ length: 7 }, () => responses.turn(() => true)?.streamId);
  assert.deepEqual(turns, [1, 2, 3, 1, 2, 3, 1]);
  assert.equal(responses.turn(({ streamId }) => streamId === 3)?.streamId, 3);
});

Deno.test("range arithmetic: what is served lies in the file and is never empty", () => {
  const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
  fc.assert(
    fc.property(fc.nat(1 << 20), u64, u64, (size, offset, length) => {
      const range = clampRange(size, offset, length);
      if (offset >= BigInt(size)) return assert.equal(range, undefined);
      assert.ok(range !== undefined && range.want > 0);
      assert.ok(range.offset + range.want <= size);
    }),
    { seed: 20_261_123 },
  );
  assert.deepEqual(clampRange(10, 0n, 0n), { offset: 0, want: 10 });
  assert.deepEqual(clampRange(10, 5n, (1n << 64n) - 1n), { offset: 5, want: 5 });
  assert.equal(clampRange(0, 0n, 0n), undefined);
  assert.equal(clampRange(10, 1n << 63n, 1n), undefined);
});
