import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { isAuthentic, isFingerprinted } from "../../../src/rtc/ice/stun_authentication.ts";
import { BINDING, MAX_STUN_SIZE, readStun, StunClass } from "../../../src/rtc/ice/stun_message.ts";
import { IPV4_RESPONSE, IPV6_RESPONSE, PASSWORD, REQUEST, TRANSACTION_ID, USERNAME } from "./rfc5769.ts";

/** The request, changed. */
function changed(change: (bytes: Uint8Array<ArrayBuffer>, view: DataView) => void): Uint8Array {
  const bytes = REQUEST.slice();
  change(bytes, new DataView(bytes.buffer));
  return bytes;
}

/** A request with attributes, each type and value, and the lengths right. */
function requestWith(...attributes: [number, Uint8Array][]): Uint8Array {
  const parts = attributes.map(([type, value]) => {
    const part = new Uint8Array(4 + value.byteLength + (-value.byteLength & 3));
    const view = new DataView(part.buffer);
    view.setUint16(0, type);
    view.setUint16(2, value.byteLength);
    part.set(value, 4);
    return part;
  });
  const bytes = new Uint8Array(Buffer.concat([REQUEST.subarray(0, 20), ...parts]));
  new DataView(bytes.buffer).setUint16(2, bytes.byteLength - 20);
  return bytes;
}

/** With a FINGERPRINT that is right. */
function fingerprinted(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.byteLength + 8);
  whole.set(bytes);
  const view = new DataView(whole.buffer);
  view.setUint16(2, whole.byteLength - 20);
  view.setUint32(bytes.byteLength, 0x80280004);
  view.setUint32(bytes.byteLength + 4, (crc32(whole.subarray(0, bytes.byteLength)) ^ 0x5354554e) >>> 0);
  return whole;
}

/** Whether a datagram passes for a check of the RFC's peer. */
function passes(bytes: Uint8Array): boolean {
  const message = readStun(bytes);
  return message !== undefined && isFingerprinted(message) && isAuthentic(message, PASSWORD);
}

Deno.test("stun: the sample request (RFC 5769, 2.1)", () => {
  const message = readStun(REQUEST);
  assert.ok(message !== undefined);
  assert.equal(message.method, BINDING);
  assert.equal(message.class, StunClass.REQUEST);
  assert.equal(message.transactionId, TRANSACTION_ID);
  assert.deepEqual(message.username, USERNAME);
  assert.equal(message.hasPriority, true);
  assert.equal(message.useCandidate, false);
  assert.equal(isFingerprinted(message), true);
  assert.equal(isAuthentic(message, PASSWORD), true);
  assert.equal(isAuthentic(message, new TextEncoder().encode("VOkJxbRl1RmTxUk/WvJxBu")), false);
});

for (const [what, response] of [["IPv4", IPV4_RESPONSE], ["IPv6", IPV6_RESPONSE]] as const) {
  Deno.test(`stun: the sample ${what} response (RFC 5769, 2.${what === "IPv4" ? 2 : 3})`, () => {
    const message = readStun(response);
    assert.ok(message !== undefined);
    assert.equal(message.class, StunClass.SUCCESS);
    assert.equal(message.transactionId, TRANSACTION_ID);
    assert.equal(message.username, undefined);
    assert.equal(isFingerprinted(message), true);
    assert.equal(isAuthentic(message, PASSWORD), true);
  });
}

Deno.test("stun: reading and verifying leaves the datagram as it is, a Buffer too", () => {
  const datagram = Buffer.from(REQUEST);
  assert.equal(passes(datagram), true);
  assert.deepEqual(new Uint8Array(datagram), REQUEST);
});

Deno.test("stun: methods and classes are told apart (RFC 8489, section 5)", () => {
  for (
    const [type, method, kind] of [[0x0003, 3, 0], [0x0113, 3, 0x110], [0x0011, 1, 0x10], [0x3eef, 0xfff, 0]]
  ) {
    const message = readStun(changed((_, view) => view.setUint16(0, type!)));
    assert.deepEqual([message?.method, message?.class], [method, kind]);
  }
});

Deno.test("stun: any bit that is flipped, the request does not pass", () => {
  for (let bit = 0; bit < REQUEST.byteLength * 8; bit++) {
    const bytes = changed((bytes) => bytes[bit >> 3]! ^= 1 << (bit & 7));
    assert.equal(passes(bytes), false, `bit ${bit}`);
  }
});

Deno.test("stun: cut short or with more behind it, it is none", () => {
  for (let size = 0; size < REQUEST.byteLength; size++) {
    assert.equal(readStun(REQUEST.subarray(0, size)), undefined, `${size} bytes`);
  }
  for (const more of [1, 3, 4, 8, 2_000]) {
    assert.equal(readStun(Buffer.concat([REQUEST, new Uint8Array(more)])), undefined, `${more} more`);
  }
});

Deno.test("stun: every length of every attribute but its own: none, or none that passes", () => {
  const attributes = [20, 40, 48, 60, 76, 100];
  for (const at of attributes) {
    const own = new DataView(REQUEST.buffer).getUint16(at + 2);
    for (let length = 0; length < 65_536; length++) {
      if (length === own) continue;
      assert.equal(passes(changed((_, view) => view.setUint16(at + 2, length))), false, `${length} at ${at}`);
    }
  }
});

Deno.test("stun: nothing stands behind MESSAGE-INTEGRITY that it does not cover", () => {
  const useCandidate: [number, Uint8Array] = [0x0025, new Uint8Array(0)];
  const integrity = REQUEST.subarray(80, 100);
  const message = (...behind: [number, Uint8Array][]) =>
    readStun(fingerprinted(requestWith([0x0006, USERNAME], [0x0008, integrity], ...behind)));
  assert.ok(message() !== undefined);
  assert.ok(message([0x001c, new Uint8Array(32)]) !== undefined, "MESSAGE-INTEGRITY-SHA256 may");
  assert.equal(message(useCandidate), undefined);
  assert.equal(message([0x8022, new Uint8Array(4)]), undefined);
});

Deno.test("stun: nothing stands behind FINGERPRINT, and none of ICE's attributes twice", () => {
  assert.ok(readStun(fingerprinted(REQUEST.subarray(0, 100))) !== undefined);
  const again = fingerprinted(fingerprinted(REQUEST.subarray(0, 100)));
  assert.equal(readStun(again), undefined);
  assert.equal(readStun(requestWith([0x0006, USERNAME], [0x0006, USERNAME])), undefined);
  assert.equal(readStun(requestWith([0x0024, new Uint8Array(4)], [0x0024, new Uint8Array(4)])), undefined);
  assert.ok(readStun(requestWith([0x8022, USERNAME], [0x8022, USERNAME])) !== undefined, "others may be");
});

Deno.test("stun: values of the wrong size are none", () => {
  for (
    const [type, size] of [[0x0008, 20], [0x0024, 4], [0x0025, 0], [0x8028, 4], [0x8029, 8], [0x802a, 8]]
  ) {
    for (const other of [0, 3, 4, 5, 8, 12, 19, 20, 21, 32]) {
      const message = readStun(requestWith([type!, new Uint8Array(other)]));
      assert.equal(message !== undefined, other === size, `${other} bytes of ${type!.toString(16)}`);
    }
  }
});

Deno.test("stun: what is larger than any check is not read", () => {
  const largest = requestWith([0x8022, new Uint8Array(MAX_STUN_SIZE - 24)]);
  assert.equal(largest.byteLength, MAX_STUN_SIZE);
  assert.ok(readStun(largest) !== undefined);
  assert.equal(readStun(requestWith([0x8022, new Uint8Array(MAX_STUN_SIZE - 20)])), undefined);
});

Deno.test("stun: random bytes behind a right header never throw and never pass", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (body, whole) => {
      const size = whole ? body.byteLength & ~3 : body.byteLength;
      const bytes = new Uint8Array(Buffer.concat([REQUEST.subarray(0, 20), body.subarray(0, size)]));
      new DataView(bytes.buffer).setUint16(2, size);
      assert.equal(passes(bytes), false);
    }),
    { seed: 5769, numRuns: 20_000 },
  );
});

Deno.test("stun: a request with bytes overwritten, moved or cut out never throws and never passes", () => {
  fc.assert(
    fc.property(
      fc.nat(REQUEST.byteLength - 1),
      fc.uint8Array({ minLength: 1, maxLength: 24 }),
      fc.nat(40),
      (at, put, out) => {
        const bytes = Buffer.concat([REQUEST.subarray(0, at), put, REQUEST.subarray(at + out)]);
        if (bytes.equals(REQUEST)) return;
        assert.equal(passes(bytes), false);
      },
    ),
    { seed: 5769, numRuns: 20_000 },
  );
});
