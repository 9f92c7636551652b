import assert from "node:assert/strict";
import { seeded } from "../seeded.ts";
import { DeliveryQueue } from "./delivery_queue.ts";

Deno.test("delivery queue: by time, and in the order of arrival where times are equal", () => {
  const random = seeded(3);
  const queue = new DeliveryQueue<{ time: number; order: number }>();
  const items = Array.from({ length: 5_000 }, (_, order) => ({ time: Math.floor(random() * 500), order }));
  for (const item of items) queue.push(item.time, item);
  const taken = items.map(() => queue.shift(Infinity)!);
  assert.deepEqual(taken, items.toSorted((a, b) => a.time - b.time || a.order - b.order));
  assert.deepEqual([queue.length, queue.next, queue.shift(Infinity)], [0, Infinity, undefined]);
});

Deno.test("delivery queue: nothing leaves before its time", () => {
  const queue = new DeliveryQueue<string>();
  queue.push(10, "b");
  queue.push(5, "a");
  assert.equal(queue.next, 5);
  assert.deepEqual([queue.shift(4.9), queue.shift(5), queue.shift(9), queue.shift(10)], [
    undefined,
    "a",
    undefined,
    "b",
  ]);
  queue.push(1, "c");
  queue.clear();
  assert.deepEqual([queue.length, queue.shift(2)], [0, undefined]);
});
