import assert from "node:assert/strict";
import { isAuthentic } from "../../src/rtc/ice/stun_authentication.ts";
import { readStun } from "../../src/rtc/ice/stun_message.ts";
import {
  Attribute,
  attribute,
  errorCode,
  longTermKey,
  Method,
  plainAddress,
  request,
  xorAddress,
} from "../../src/doctor/stun/codec.ts";
import { IPV4_RESPONSE, IPV6_RESPONSE } from "../rtc/ice/rfc5769.ts";
import { unhex } from "../support/hex.ts";

/** RFC 5769, section 2.4, with long-term credentials. */
const LONG_TERM_REQUEST = unhex(
  "000100602112a44278ad3433c6ad72c029da412e" +
    "00060012e3839ee38388e383aae38383e382afe382b90000" +
    "0015001c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b6578616d706c652e6f726700" +
    "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666",
);

const utf8 = new TextEncoder();

Deno.test("doctor, STUN: the XORed addresses of the RFC's responses are read", () => {
  const mapped = (bytes: Uint8Array) => xorAddress(readStun(bytes)!, Attribute.XOR_MAPPED_ADDRESS);
  assert.deepEqual(mapped(IPV4_RESPONSE), { hostname: "192.0.2.1", port: 32_853 });
  assert.deepEqual(mapped(IPV6_RESPONSE), {
    hostname: "2001:db8:1234:5678:11:2233:4455:6677",
    port: 32_853,
  });
});

Deno.test("doctor, STUN: the key of long-term credentials is that of the RFC's request", () => {
  const message = readStun(LONG_TERM_REQUEST)!;
  const realm = attribute(message, Attribute.REALM)!;
  assert.equal(realm.toString(), "example.org");
  assert.ok(isAuthentic(message, longTermKey("マトリックス", realm, "TheMatrIX")));
  assert.ok(!isAuthentic(message, longTermKey("マトリックス", realm, "TheMatrix")));
});

Deno.test("doctor, STUN: a request is one message, padded and signed", () => {
  const key = longTermKey("viewer", utf8.encode("tests"), "secret");
  const username = utf8.encode("viewer");
  const message = readStun(request(Method.ALLOCATE, [[Attribute.USERNAME, username]], key))!;
  assert.equal(message.method, Method.ALLOCATE);
  assert.deepEqual(new Uint8Array(message.username!), username);
  assert.ok(isAuthentic(message, key));
  const again = readStun(request(Method.ALLOCATE))!;
  assert.notEqual(again.transactionId, message.transactionId);
});

Deno.test("doctor, STUN: an address and an error that are cut short are none", () => {
  const read = (type: number, value: string) => readStun(request(Method.BINDING, [[type, unhex(value)]]))!;
  for (const value of ["", "00", "0001", "00010d96c0", "00020d96c0000201", "00010d96c000020101"]) {
    assert.equal(plainAddress(read(Attribute.OTHER_ADDRESS, value), Attribute.OTHER_ADDRESS), undefined);
    assert.equal(
      xorAddress(read(Attribute.XOR_MAPPED_ADDRESS, value), Attribute.XOR_MAPPED_ADDRESS),
      undefined,
    );
  }
  const address = read(Attribute.OTHER_ADDRESS, "00010d96c0000201");
  assert.deepEqual(plainAddress(address, Attribute.OTHER_ADDRESS), { hostname: "192.0.2.1", port: 3_478 });
  assert.equal(errorCode(read(Attribute.ERROR_CODE, "000004")), 0);
  assert.equal(errorCode(read(Attribute.ERROR_CODE, "00000426")), 438);
});
