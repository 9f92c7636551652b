/** Answers that nobody reads are counted, and cut off where they can be. */
import assert from "node:assert/strict";
import { PacedBodies } from "../../src/relay/paced_body.ts";

const FILE = crypto.getRandomValues(new Uint8Array(50_000));

async function read(body: ReadableStream<Uint8Array> | undefined): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body!).arrayBuffer());
}

Deno.test("paced bodies: a file arrives as it is, and is counted until it has", async () => {
  const bodies = new PacedBodies();
  for (const size of [1, 16_383, 16_384, 16_385, 50_000]) {
    const body = bodies.of(FILE.slice(0, size));
    assert.equal(bodies.unread, 1);
    assert.deepEqual(await read(body), FILE.slice(0, size));
    assert.equal(bodies.unread, 0);
  }
});

Deno.test("paced bodies: counted until the server says that it was sent, read or not", async () => {
  const bodies = new PacedBodies();
  for (const settle of ["resolve", "reject"] as const) {
    const sent = Promise.withResolvers<void>();
    await read(bodies.of(FILE, { completed: sent.promise }));
    assert.equal(bodies.unread, 1);
    sent[settle]();
    await sent.promise.catch(() => {});
    assert.equal(bodies.unread, 0);
  }
});

Deno.test("paced bodies: so many of one address and of all, and no more until one is read or left", async () => {
  const bodies = new PacedBodies({ unread: 3, ofAddress: 2 });
  const held = [bodies.of(FILE, { address: "a" }), bodies.of(FILE, { address: "a" })];
  assert.equal(bodies.of(FILE, { address: "a" }), undefined);
  const other = bodies.of(FILE, { address: "b" });
  assert.ok(other);
  assert.equal(bodies.of(FILE), undefined);
  await held[0]!.cancel();
  assert.ok(bodies.of(FILE, { address: "a" }));
  assert.equal(bodies.of(FILE, { address: "b" }), undefined);
  await read(other);
  assert.ok(bodies.of(FILE, { address: "b" }));
});

Deno.test("paced bodies: one that is not read in time is cut off and makes room", async () => {
  const bodies = new PacedBodies({ unread: 1, patienceMs: 20 });
  const reader = bodies.of(FILE)!.getReader();
  await reader.read();
  await assert.rejects(reader.closed, /not read in time/);
  await Promise.resolve();
  assert.equal(bodies.unread, 0);
});
