import assert from "node:assert/strict";
import { Association } from "../../../../src/rtc/sctp/association.ts";
import { CONTROLLERS, DEFAULT_CONTROLLER } from "../../../../src/rtc/sctp/congestion/mod.ts";
import { seeded } from "../../../support/seeded.ts";
import { Clock } from "../simulator/clock.ts";
import type { Endpoint } from "../simulator/endpoint.ts";
import { join } from "../simulator/network.ts";
import { makePath } from "../simulator/path.ts";

const STREAM = 0;
/** WebRTC binary (RFC 8831, section 8). */
const BINARY = 53;
const RTT = 40;

/** An association with an application above it: at each of `words` it says 32 bytes, at `file` 256 KiB. */
class Speaker implements Endpoint {
  readonly #association: Association;
  readonly #plan: { readonly at: number; readonly messages: number; readonly length: number }[];

  constructor(association: Association, words: readonly number[], file: number) {
    this.#association = association;
    this.#plan = [
      ...words.map((at) => ({ at, messages: 1, length: 32 })),
      { at: file, messages: 16, length: 16_384 },
    ];
  }

  get nextTimeout(): number | undefined {
    const next = Math.min(this.#plan[0]?.at ?? Infinity, this.#association.nextTimeout ?? Infinity);
    return next === Infinity ? undefined : next;
  }

  receive(packet: Uint8Array, now: number): void {
    this.#association.receive(packet, now);
  }

  tick(now: number): void {
    this.#association.tick(now);
  }

  poll(now: number): Uint8Array | undefined {
    while (this.#plan[0] && this.#plan[0].at <= now) {
      const { messages, length } = this.#plan.shift()!;
      for (let i = 0; i < messages; i++) this.#association.send(STREAM, BINARY, new Uint8Array(length));
    }
    return this.#association.poll(now);
  }
}

/** Milliseconds of virtual time for the first 256 KiB, after some words as large as a HELLO. */
function firstBytes(name: keyof typeof CONTROLLERS): number {
  const clock = new Clock();
  const path = makePath(clock, { up: { rate: 50, delay: RTT / 2, queue: { ms: 200 } } });
  const options = { now: 0, random: seeded(1), maxPacketSize: 1_200 };
  const sender = new Association({ ...options, controller: CONTROLLERS[name] });
  const receiver = new Association(options);
  let received = 0;
  let arrivedAt = Infinity;
  receiver.onmessage = (_stream, _ppid, data) => {
    received += data.byteLength;
    arrivedAt = clock.now;
  };
  sender.connect(0);
  const began = 500;
  join(clock, path, new Speaker(sender, [200, 260, 320, 380], began), receiver);
  clock.runUntil(began + 10_000);
  assert.equal(received, 4 * 32 + 16 * 16_384);
  return arrivedAt - began;
}

Deno.test("first bytes: after a few words a file's beginning takes the round trips of a slow start", () => {
  const took = firstBytes(DEFAULT_CONTROLLER);
  // 42 ms of the line itself, and five rounds from ten packets on.
  assert.ok(took < 42 + 6 * RTT, `${took} ms`);
});
