import assert from "node:assert/strict";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { createPrivateKey, randomBytes, sign } from "node:crypto";
import { RTCDtlsTransport } from "werift";
import { HandshakeGate } from "../../../src/rtc/dtls/handshake_gate.ts";
import { HandshakeType, wholeFragment } from "../../../src/rtc/dtls/handshake_message.ts";

const certificate = await RTCDtlsTransport.SetupCertificate();
const other = (await import("node:crypto")).generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const key = createPrivateKey(certificate.privateKey);
const der = Buffer.from(certificate.certPem.replace(/-----[^-]+-----|\s/g, ""), "base64");

const clientRandom = randomBytes(32);
const serverRandom = randomBytes(32);

function record(type: number, epoch: number, fragment: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(13 + fragment.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type);
  view.setUint16(1, 0xfefd);
  view.setUint16(3, epoch);
  view.setUint16(11, fragment.byteLength);
  bytes.set(fragment, 13);
  return bytes;
}

const u24 = (value: number) => Buffer.from([value >> 16, value >> 8, value]);
const hello = (random: Uint8Array) => Buffer.concat([Buffer.from([0xfe, 0xfd]), random, Buffer.alloc(10)]);

/** The messages of a server's flight 4, signed with `signer`. */
function flight(signer = key): { type: number; sequence: number; body: Uint8Array }[] {
  const point = Buffer.concat([Buffer.from([4]), randomBytes(64)]);
  const parameters = Buffer.concat([Buffer.from([3, 0, 23, point.length]), point]);
  const signature = sign("sha256", Buffer.concat([clientRandom, serverRandom, parameters]), signer);
  const exchange = Buffer.concat([
    parameters,
    Buffer.from([4, 3, signature.length >> 8, signature.length]),
    signature,
  ]);
  const list = Buffer.concat([u24(der.length + 3), u24(der.length), der]);
  return [
    { type: HandshakeType.SERVER_HELLO, body: hello(serverRandom) },
    { type: HandshakeType.CERTIFICATE, body: list },
    { type: HandshakeType.SERVER_KEY_EXCHANGE, body: exchange },
    { type: HandshakeType.CERTIFICATE_REQUEST, body: randomBytes(20) },
    { type: HandshakeType.SERVER_HELLO_DONE, body: Buffer.alloc(0) },
  ].map((message, index) => ({ ...message, sequence: index + 1 }));
}

const verifyRequest = { type: HandshakeType.HELLO_VERIFY_REQUEST, sequence: 0, body: randomBytes(23) };

/** A message cut into fragments of at most `size` bytes. */
function cut(message: { type: number; sequence: number; body: Uint8Array }, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < message.body.byteLength; at += size) {
    const body = message.body.subarray(at, at + size);
    const bytes = Buffer.concat([wholeFragment(message).subarray(0, 12), body]);
    u24(at).copy(bytes, 6);
    u24(body.byteLength).copy(bytes, 9);
    parts.push(record(22, 0, bytes));
  }
  return parts;
}

function gate(): { gate: HandshakeGate; passed: Uint8Array[]; forged: () => number } {
  const passed: Uint8Array[] = [];
  let forged = 0;
  const made = new HandshakeGate((datagram) => passed.push(datagram), () => forged++);
  made.sent(record(22, 0, wholeFragment({ type: 1, sequence: 0, body: hello(clientRandom) })));
  return { gate: made, passed, forged: () => forged };
}

/** Type and body of the messages that passed. */
function messages(passed: Uint8Array[]): [number, string][] {
  return passed.map((datagram) => [datagram[13]!, Buffer.from(datagram.subarray(25)).toString("hex")]);
}

const whole = [verifyRequest, ...flight()];
const expected = whole.map(({ type, body }) => [type, Buffer.from(body).toString("hex")]);

Deno.test("gate: each message passes once, whole and in order, however its fragments arrive", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (size, random) => {
        const datagrams = whole.flatMap((message) => cut(message, Math.max(size, 8)));
        if (datagrams.length > 200) return;
        const next = () => random.next().value as number;
        const shuffled = [...datagrams, ...datagrams]
          .map((datagram) => ({ datagram, at: next() }))
          .sort((a, b) => a.at - b.at)
          .map(({ datagram }) => datagram);
        const { gate: made, passed, forged } = gate();
        for (const datagram of shuffled) made.received(datagram);
        assert.deepEqual(messages(passed), expected);
        assert.equal(forged(), 0);
      },
    ),
    { seed: 20_261_123, numRuns: 200 },
  );
});

Deno.test("gate: a server whose key is not signed by its certificate does not get through", () => {
  const { gate: made, passed, forged } = gate();
  for (const message of [verifyRequest, ...flight(other)]) {
    for (const part of cut(message, 9_999)) made.received(part);
  }
  assert.equal(forged(), 1);
  assert.deepEqual(messages(passed).map(([type]) => type), [3, 2, 11]);
});

Deno.test("gate: a server that leaves its key exchange out does not get through", () => {
  const { gate: made, passed, forged } = gate();
  const messages = flight().filter(({ type }) => type !== HandshakeType.SERVER_KEY_EXCHANGE);
  for (const [index, message] of [verifyRequest, ...messages].entries()) {
    for (const part of cut({ ...message, sequence: index }, 9_999)) made.received(part);
  }
  assert.equal(forged(), 1);
  assert.ok(!passed.some((datagram) => datagram[13] === HandshakeType.SERVER_HELLO_DONE));
});

Deno.test("gate: plaintext alerts, Finished, data and unknown records do not pass", () => {
  const { gate: made, passed } = gate();
  made.received(record(21, 0, new Uint8Array([2, 40])));
  made.received(record(23, 0, new Uint8Array(30)));
  made.received(record(99, 0, new Uint8Array(30)));
  made.received(record(22, 0, wholeFragment({ type: 20, sequence: 0, body: new Uint8Array(12) })));
  made.received(record(23, 1, new Uint8Array(30)));
  assert.equal(passed.length, 0);
});

Deno.test("gate: no bytes of a stranger make it throw or keep much", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (datagrams) => {
      const { gate: made } = gate();
      for (const datagram of datagrams) {
        made.received(new Uint8Array(datagram));
        made.received(record(22, 0, new Uint8Array(datagram)));
      }
      for (const message of whole) for (const part of cut(message, 100)) made.received(part);
    }),
    { seed: 20_261_123, numRuns: 500 },
  );
});
