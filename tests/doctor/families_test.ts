import assert from "node:assert/strict";
import { lookAtFamilies } from "../../src/doctor/network/families.ts";

/** States of both, on a machine with these addresses. */
function states(...addresses: string[]): string[] {
  const { ipv4, ipv6 } = lookAtFamilies(addresses.map((address) => ({
    name: "eth0",
    address,
    family: address.includes(":") ? "IPv6" : "IPv4",
  })));
  return [ipv4.state, ipv6.state];
}

Deno.test("doctor: a machine with loopback and link-local addresses is in no network", () => {
  assert.deepEqual(states("127.0.0.1", "::1", "fe80::1", "169.254.1.2"), ["bad", "none"]);
});

Deno.test("doctor: either family alone will do", () => {
  assert.deepEqual(states("127.0.0.1", "192.168.1.2"), ["good", "none"]);
  assert.deepEqual(states("127.0.0.1", "2001:db8::2"), ["none", "good"]);
});

Deno.test("doctor: an IPv6 address of the home network is none of the internet", () => {
  assert.deepEqual(states("192.168.1.2", "fd00::2"), ["good", "none"]);
  assert.deepEqual(states("192.168.1.2", "fd00::2", "2001:db8::2"), ["good", "good"]);
});
