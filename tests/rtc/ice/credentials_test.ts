import assert from "node:assert/strict";
import { canonicalAddress, sameAddress } from "../../../src/rtc/ice/address.ts";
import { parseCandidate } from "../../../src/rtc/ice/candidate.ts";
import { newCredentials } from "../../../src/rtc/ice/credentials.ts";

Deno.test("credentials: as long and as random as ICE asks for (RFC 8445, section 5.3)", () => {
  const many = Array.from({ length: 1_000 }, newCredentials);
  for (const { usernameFragment, password } of many) {
    assert.match(usernameFragment, /^[A-Za-z0-9+/]{8}$/);
    assert.match(password, /^[A-Za-z0-9+/]{24}$/);
  }
  assert.equal(new Set(many.map(({ usernameFragment }) => usernameFragment)).size, 1_000);
  assert.equal(new Set(many.flatMap(({ password }) => [...password])).size, 64, "every character comes up");
});

Deno.test("addresses: IPv6 in one form, and no zones", () => {
  assert.equal(canonicalAddress("192.0.2.1"), "192.0.2.1");
  assert.equal(canonicalAddress("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  assert.equal(canonicalAddress("fe80::1%eth0"), undefined);
  assert.equal(canonicalAddress("box.local"), undefined);
  assert.equal(sameAddress("2001:db8::1", "2001:0db8::0001"), true);
  assert.equal(sameAddress("2001:db8::1", "2001:db8::2"), false);
  assert.equal(sameAddress("a.local", "b.local"), false);
});

Deno.test("candidates: an IPv6 address is written as the socket will write it", () => {
  const candidate = parseCandidate({
    candidate: "candidate:1 1 udp 2130706431 2001:DB8:0:0::1 5000 typ host",
  });
  assert.equal(candidate?.ip, "2001:db8::1");
  assert.equal(parseCandidate({ candidate: "candidate:1 1 udp 1 fe80::1%eth0 5000 typ host" }), undefined);
});
