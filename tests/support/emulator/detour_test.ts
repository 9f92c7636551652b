import assert from "node:assert/strict";
import { hostAddress, mapCandidates, withoutCandidates, withPort } from "./detour.ts";

const HOST = "candidate:1 1 udp 2130706431 192.0.2.7 47667 typ host generation 0";
const RELAYED = "candidate:2 1 udp 41885439 198.51.100.1 3478 typ relay raddr 192.0.2.7 rport 47667";
const TCP = "candidate:3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active";
const NAME = "candidate:4 1 udp 2113937151 0e1f-22.local 51234 typ host";
const sdp = ["v=0", `a=${HOST}`, "a=mid:0", `a=${RELAYED}`, "a=end-of-candidates", ""].join("\r\n");

Deno.test("detour: an offer goes without its candidates", () => {
  assert.equal(withoutCandidates(sdp), "v=0\r\na=mid:0\r\n");
});

Deno.test("detour: only addresses of host candidates over UDP are led through", () => {
  assert.deepEqual(hostAddress(HOST), { hostname: "192.0.2.7", port: 47_667 });
  for (const other of [RELAYED, TCP, NAME, "", "candidate:nonsense"]) {
    assert.equal(hostAddress(other), undefined, other);
  }
});

Deno.test("detour: an answer's candidates get their new port or go", async () => {
  const mapped = await mapCandidates(sdp, (candidate) => {
    return Promise.resolve(hostAddress(candidate) && withPort(candidate, 5_000));
  });
  assert.equal(mapped, sdp.replace("47667 typ host", "5000 typ host").replace(`a=${RELAYED}\r\n`, ""));
});
