/** Addresses are named by a keyed hash that relays with the same tokens share. */
import assert from "node:assert/strict";
import { AddressKeys, networkOf } from "../../../src/relay/limits/address_key.ts";

Deno.test("address keys: the same for relays with the same tokens in any order, another with others", () => {
  const key = (...tokens: string[]) => new AddressKeys(tokens).of("203.0.113.9");
  assert.equal(key("one", "two"), key("two", "one"));
  assert.notEqual(key("one", "two"), key("one", "three"));
  assert.notEqual(key("one", "two"), key("onetwo"));
  assert.match(key("one"), /^[\w-]{16}$/);
});

Deno.test("address keys: IPv4 whole, IPv6 by /64", () => {
  const keys = new AddressKeys(["token"]);
  assert.notEqual(keys.of("203.0.113.9"), keys.of("203.0.113.8"));
  assert.equal(keys.of("2001:db8:1:2::1"), keys.of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  assert.notEqual(keys.of("2001:db8:1:2::1"), keys.of("2001:db8:1:3::1"));
});

Deno.test("address keys: the network of each way to write an address", () => {
  for (
    const [address, network] of [
      ["2001:db8::1", "2001:db8:0:0::/64"],
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["::", "0:0:0:0::/64"],
      ["::1:2", "0:0:0:0::/64"],
      ["1:2:3:4::", "1:2:3:4::/64"],
      ["1::5:6:7:8:9", "1:0:0:5::/64"],
    ] as const
  ) assert.equal(networkOf(address), network);
});
