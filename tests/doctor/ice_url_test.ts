import assert from "node:assert/strict";
import { readIceUrl } from "../../src/doctor/network/ice_url.ts";

Deno.test("doctor: URLs of ICE servers are read with their default ports and transports", () => {
  const read = (url: string) => {
    const { scheme, host, port, transport } = readIceUrl(url)!;
    return [scheme, host, port, transport];
  };
  assert.deepEqual(read("stun:stun.example"), ["stun", "stun.example", 3_478, "udp"]);
  assert.deepEqual(read("STUN:stun.example:1"), ["stun", "stun.example", 1, "udp"]);
  assert.deepEqual(read("stuns:stun.example"), ["stuns", "stun.example", 5_349, "tls"]);
  assert.deepEqual(read("turn:[2001:db8::1]:3479"), ["turn", "2001:db8::1", 3_479, "udp"]);
  assert.deepEqual(read("turn:192.0.2.1?transport=TCP"), ["turn", "192.0.2.1", 3_478, "tcp"]);
  assert.deepEqual(read("turns:t.example:443?transport=tcp"), ["turns", "t.example", 443, "tls"]);
});

Deno.test("doctor: what is no URL of an ICE server is none", () => {
  for (const url of ["", "stun:", "http://a", "stun:a:x", "turn:a?transport=sctp", "stun:[::1"]) {
    assert.equal(readIceUrl(url), undefined, url);
  }
});
