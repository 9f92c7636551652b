import assert from "node:assert/strict";
import { PathMtu } from "../../../src/rtc/sctp/path_mtu.ts";
import { Pair } from "./pair.ts";

const SIZES = [1_264, 1_412, 1_332];
const TIMEOUT = 400;

/** Probes a path that carries packets up to `carried` until nothing is due; the sizes tried. */
function search(mtu: PathMtu, carried: number, from = 0): number[] {
  const tried: number[] = [];
  let now = from;
  for (let step = 0; step < 100 && (mtu.nextTimeout ?? Infinity) <= now; step++) {
    const size = mtu.probe(TIMEOUT, now);
    if (size === undefined) break;
    tried.push(size);
    if (size <= carried) mtu.acknowledged(size, now);
    now += TIMEOUT;
  }
  return tried;
}

Deno.test("path MTU: a path that carries the largest needs one probe, and no more ever", () => {
  const mtu = new PathMtu(1_188, SIZES);
  assert.equal(mtu.nextTimeout, undefined);
  mtu.search(0);
  assert.deepEqual(search(mtu, 1_500), [1_412]);
  assert.deepEqual([mtu.size, mtu.nextTimeout], [1_412, undefined]);
});

Deno.test("path MTU: each size is given up after three lost probes, and the next is tried", () => {
  const mtu = new PathMtu(1_188, SIZES);
  mtu.search(0);
  assert.deepEqual(search(mtu, 1_400), [1_412, 1_412, 1_412, 1_332]);
  assert.equal(mtu.size, 1_332);
  // Ten minutes later the path may be another.
  assert.ok(mtu.nextTimeout! > 600_000);
  assert.deepEqual(search(mtu, 1_500, mtu.nextTimeout!), [1_412]);
  assert.equal(mtu.size, 1_412);
});

Deno.test("path MTU: where nothing larger gets through the base stays, and it is tried again later", () => {
  const mtu = new PathMtu(1_188, SIZES);
  mtu.search(0);
  assert.equal(search(mtu, 1_200).length, 9);
  assert.equal(mtu.size, 1_188);
  const later = mtu.nextTimeout!;
  assert.ok(later > 600_000 && later < 610_000);
  assert.equal(search(mtu, 1_200, later).length, 9);
});

Deno.test("path MTU: a black hole leads back to the base, a late or made-up answer to nothing", () => {
  const mtu = new PathMtu(1_188, SIZES);
  mtu.search(0);
  mtu.acknowledged(9_000, 0);
  assert.equal(mtu.size, 1_188);
  search(mtu, 1_500);
  mtu.acknowledged(1_264, 10);
  assert.equal(mtu.size, 1_412);
  mtu.blackHole(5_000);
  assert.deepEqual([mtu.size, mtu.nextTimeout], [1_188, 605_000]);
  mtu.blackHole(6_000);
  assert.equal(mtu.nextTimeout, 605_000);
});

/** Bytes of each packet that the client sent, by a path that drops what is larger than `carried`. */
function sizesSent(seed: number, carried: () => number): { pair: Pair; sizes: number[] } {
  const sizes: number[] = [];
  const pair: Pair = new Pair(seed, {
    delay: 10,
    drop: (packet) => {
      if (packet.byteLength > 100) sizes.push(packet.byteLength);
      return packet.byteLength > carried();
    },
  }, { client: { packetSizes: SIZES } });
  pair.connect();
  return { pair, sizes };
}

Deno.test("path MTU: the association sends packets as large as its probes showed", () => {
  for (const [carried, expected] of [[1_500, 1_412], [1_400, 1_332], [1_200, 1_188]] as const) {
    const { pair, sizes } = sizesSent(7, () => carried);
    pair.drive(() => false, 5_000);
    sizes.length = 0;
    const data = new Uint8Array(200_000).map((_, i) => i);
    pair.client.association.send(1, 53, data);
    assert.ok(pair.drive(() => pair.server.received.length === 1));
    assert.deepEqual(pair.server.received[0]!.data, data);
    assert.equal(Math.max(...sizes), expected);
  }
});

Deno.test("path MTU: a path that becomes narrow is noticed, and what is new gets through", () => {
  let carried = 1_500;
  const { pair, sizes } = sizesSent(8, () => carried);
  pair.drive(() => false, 1_000);
  carried = 1_300;
  // One chunk has its large size for good: it needs a path that carries it, as one that fragments does.
  pair.client.association.send(1, 53, new Uint8Array(1_384));
  pair.drive(() => false, 10_000);
  carried = 1_413;
  assert.ok(pair.drive(() => pair.server.received.length === 1));
  carried = 1_300;
  sizes.length = 0;
  pair.client.association.send(1, 53, new Uint8Array(50_000));
  assert.ok(pair.drive(() => pair.server.received.length === 2));
  assert.equal(Math.max(...sizes), 1_188);
});
