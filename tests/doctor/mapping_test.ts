import assert from "node:assert/strict";
import { mappingOf, type Observation } from "../../src/doctor/stun/mapping.ts";

const LOCAL = { port: 5_000, addresses: ["127.0.0.1", "192.168.1.2", "2001:db8::2"] };

/** Who was asked, and what it saw. */
function seen(server: string, mapped: string): Observation {
  const endpoint = (text: string) => {
    const [, hostname, port] = /^(.*):(\d+)$/.exec(text)!;
    return { hostname: hostname!, port: Number(port) };
  };
  return { server: endpoint(server), mapped: endpoint(mapped) };
}

const one = seen("198.51.100.1:3478", "203.0.113.9:6000");

Deno.test("doctor, NAT: nobody's answer tells nothing", () => assert.equal(mappingOf([], LOCAL), undefined));

Deno.test("doctor, NAT: its own address means that there is none", () => {
  assert.equal(mappingOf([seen("198.51.100.1:3478", "192.168.1.2:5000")], LOCAL), "open");
  assert.equal(mappingOf([seen("2001:db8::1:3478", "2001:db8:0:0:0:0:0:2:5000")], LOCAL), "open");
  // Another port: something between changes it, if only that.
  assert.notEqual(mappingOf([seen("198.51.100.1:3478", "192.168.1.2:5001")], LOCAL), "open");
});

Deno.test("doctor, NAT: one address for two servers is an independent mapping", () => {
  assert.equal(mappingOf([one, seen("198.51.100.2:3478", "203.0.113.9:6000")], LOCAL), "independent");
});

Deno.test("doctor, NAT: one server alone, at whatever ports, does not tell", () => {
  assert.equal(mappingOf([one], LOCAL), undefined);
  assert.equal(mappingOf([one, seen("198.51.100.1:3479", "203.0.113.9:6000")], LOCAL), undefined);
});

Deno.test("doctor, NAT: another port or address for another server is a dependent mapping", () => {
  assert.equal(mappingOf([one, seen("198.51.100.2:3478", "203.0.113.9:6001")], LOCAL), "dependent");
  assert.equal(mappingOf([one, seen("198.51.100.2:3478", "203.0.113.8:6000")], LOCAL), "dependent");
  assert.equal(mappingOf([one, seen("198.51.100.1:3479", "203.0.113.9:6001")], LOCAL), "dependent");
});
