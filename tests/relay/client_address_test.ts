/** Whose request it is: what a proxy says counts where it is trusted, and nothing that a client makes up. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ClientAddresses } from "../../src/relay/client_address.ts";

const PUBLIC = "203.0.113.9";

function addressOf(
  trusted: readonly string[],
  peer: string | undefined,
  headers: Record<string, string> = {},
) {
  return new ClientAddresses(trusted).of(peer, new Headers(headers));
}

Deno.test("client address: the socket's, in one form", () => {
  assert.equal(addressOf([], PUBLIC), PUBLIC);
  assert.equal(addressOf([], `::ffff:${PUBLIC}`), PUBLIC);
  assert.equal(addressOf([], "2001:DB8:0:0::5%eth0"), "2001:db8::5");
  assert.equal(addressOf([], undefined), undefined);
  assert.equal(addressOf([], "no address"), undefined);
});

Deno.test("client address: a local socket may be that of a proxy that everybody shares, and limits nobody", () => {
  const local = ["127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "172.31.0.1", "192.168.1.2", "169.254.1.1"];
  for (const peer of [...local, "fd00::1", "fe80::1%eth0", "::ffff:192.168.1.2"]) {
    assert.equal(addressOf([], peer), undefined, peer);
  }
  for (const peer of ["172.32.0.1", "100.64.0.1", "2001:db8::1"]) assert.equal(addressOf([], peer), peer);
});

Deno.test("client address: without trust no header is read", () => {
  for (const name of ["X-Forwarded-For", "Forwarded"]) {
    assert.equal(addressOf([], PUBLIC, { [name]: "for=198.51.100.1" }), PUBLIC);
    assert.equal(addressOf([], "127.0.0.1", { [name]: "198.51.100.1" }), undefined);
    // Nor of a stranger, where another is trusted.
    assert.equal(addressOf(["10.0.0.0/8"], PUBLIC, { [name]: "198.51.100.1" }), PUBLIC);
  }
});

const TOLD: [header: string, client: string][] = [
  ["198.51.100.1", "198.51.100.1"],
  ["  198.51.100.1  ", "198.51.100.1"],
  ["198.51.100.1:49152", "198.51.100.1"],
  ["2001:db8::7", "2001:db8::7"],
  ["[2001:db8::7]:443", "2001:db8::7"],
  ["::ffff:198.51.100.1", "198.51.100.1"],
  // What the client wrote itself stands left of what the proxy did.
  ["1.1.1.1, 198.51.100.1", "198.51.100.1"],
  ["nonsense, 198.51.100.1", "198.51.100.1"],
  // Through two proxies that are trusted.
  ["1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"],
  // A client of the inner network, which is trusted as a whole.
  ["10.3.3.3", "10.3.3.3"],
  ["10.3.3.3, 10.9.9.9", "10.3.3.3"],
  ["192.168.1.20", "192.168.1.20"],
];

Deno.test("client address: the right-most of X-Forwarded-For that is no trusted proxy", () => {
  for (const [header, client] of TOLD) {
    for (const peer of ["127.0.0.1", "10.0.0.2", "::ffff:10.0.0.2"]) {
      assert.equal(
        addressOf(["127.0.0.1", "10.0.0.0/8"], peer, { "X-Forwarded-For": header }),
        client,
        header,
      );
    }
  }
});

Deno.test("client address: Forwarded as in RFC 7239, where there is no X-Forwarded-For", () => {
  for (
    const [header, client] of [
      ["for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"],
      ['For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"],
      ['for=1.1.1.1, for="192.0.2.43:47011"', "192.0.2.43"],
      ["proto=https ; for=192.0.2.43", "192.0.2.43"],
    ] as const
  ) {
    assert.equal(addressOf(["::1"], "::1", { Forwarded: header }), client, header);
    const both = { Forwarded: header, "X-Forwarded-For": "198.51.100.1" };
    assert.equal(addressOf(["::1"], "::1", both), "198.51.100.1");
  }
});

const MALFORMED = [
  "",
  ",",
  "unknown",
  "_hidden",
  "1.1.1.1, ",
  "198.51.100.1 198.51.100.2",
  "198.51.100.256",
  "198.51.100.1:99999999",
  "[::1",
  "for=",
  `1.1.1.1, ${"9".repeat(2_000)}`,
];

Deno.test("client address: what is malformed counts as not said", () => {
  for (const header of MALFORMED) {
    for (const name of ["X-Forwarded-For", "Forwarded"]) {
      assert.equal(addressOf(["127.0.0.1"], "127.0.0.1", { [name]: header }), undefined, header);
      assert.equal(addressOf([PUBLIC], PUBLIC, { [name]: header }), PUBLIC, header);
    }
  }
});

Deno.test("client address: nothing that a client writes changes what its proxy says of it", () => {
  const text = fc.stringMatching(/^[\x20-\x7e]{0,200}$/);
  for (const long of ["9".repeat(5_000), Array(500).fill("127.0.0.1").join(","), "127.0.0.1,".repeat(500)]) {
    const told = { "X-Forwarded-For": `${long}, 198.51.100.1` };
    assert.equal(addressOf(["127.0.0.1"], "127.0.0.1", told), "198.51.100.1");
  }
  fc.assert(
    fc.property(text, (written) => {
      const told = `${written}, 198.51.100.1`;
      const seen = addressOf(["127.0.0.1"], "127.0.0.1", { "X-Forwarded-For": told });
      assert.equal(seen, "198.51.100.1");
    }),
    { seed: 7, numRuns: 500 },
  );
});

Deno.test("client address: what is no network is refused", () => {
  for (const network of ["10.0.0.0/33", "10.0.0/8", "::/129", "proxy.example", "10.0.0.0/x", ""]) {
    assert.throws(() => new ClientAddresses([network]), TypeError, network);
  }
});
