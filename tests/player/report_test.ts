import assert from "node:assert/strict";
import fc from "fast-check";
import { PlayerError } from "../../src/player/client/mod.ts";
import type { ConnectionDetails } from "../../src/player/client/mod.ts";
import { codeWord } from "../../src/player/client/trace.ts";
import { asksForDebug } from "../../src/player/page/diagnosis/debug_flag.ts";
import { explain } from "../../src/player/page/diagnosis/explain.ts";
import { Outages } from "../../src/player/page/diagnosis/outages.ts";
import { report } from "../../src/player/page/diagnosis/report.ts";
import { linePath } from "../../src/player/page/diagnosis/speed_graph.ts";
import { Timeline } from "../../src/player/page/diagnosis/timeline.ts";
import { KEPT_SAMPLES, SpeedMeter } from "../../src/player/page/speed_meter.ts";

const DETAILS: ConnectionDetails = {
  path: { route: "relayed", protocol: "udp", relayProtocol: "tls", roundTripMs: 12.34 },
  states: {
    connection: "connected",
    ice: "completed",
    gathering: "complete",
    signalling: "stable",
    dtls: "connected",
    sctp: "connected",
  },
  own: [{ type: "relay", protocol: "udp", relayProtocol: "tls", family: "IPv4", address: "192.0.2.77:4711" }],
  box: [{ type: "host", protocol: "udp", family: "IPv6", address: "[2001:db8::77]:4712" }],
  pairs: [{ local: "relay", remote: "host", state: "succeeded", selected: true, sent: 10, answered: 9 }],
  channels: [{ kind: "file", state: "open", bufferedBytes: 0 }],
};

function parts(timeline = new Timeline()) {
  return {
    details: DETAILS,
    timeline,
    outages: new Outages(),
    browser: "A browser",
    boxVersion: "0.1.0",
    received: 1000,
    peak: 125_000,
  };
}

Deno.test("a report tells of addresses only where they are asked for", () => {
  const timeline = new Timeline();
  timeline.add("own-candidate", "relay udp", 12.3);
  const without = report(parts(timeline), false);
  assert.doesNotMatch(without, /192\.0\.2|2001:db8|4711|4712/);
  assert.match(without, /relay udp to TURN by tls IPv4/);
  assert.match(without, /^ {6}12 {2}own-candidate relay udp$/m);
  assert.match(without, /at most 1000 kbit\/s/);
  const withThem = report(parts(timeline), true);
  assert.match(withThem, /192\.0\.2\.77:4711/);
  assert.match(withThem, /\[2001:db8::77\]:4712/);
});

Deno.test("a timeline keeps the first events and the latest, and no more", () => {
  const timeline = new Timeline();
  for (let i = 0; i < 1_000; i++) timeline.add(`event-${i}`, undefined, i);
  assert.equal(timeline.events.length, 256);
  assert.equal(timeline.events[0]!.name, "event-0");
  assert.equal(timeline.events.at(-1)!.name, "event-999");
  assert.equal(timeline.dropped, 744);
  assert.match(report(parts(timeline), false), /744 events between them were left out/);
});

Deno.test("a stranger's word is no part of a timeline", () => {
  assert.equal(codeWord("too-many-sessions"), "too-many-sessions");
  assert.equal(codeWord("Film.mkv"), "other");
  assert.equal(codeWord("x".repeat(41)), "other");
  assert.equal(codeWord(undefined), undefined);
});

Deno.test("outages are counted after the first connection, the latest twenty are kept", () => {
  const outages = new Outages();
  outages.connected(false, 0);
  assert.equal(outages.count, 0);
  for (let i = 0; i < 30; i++) {
    outages.connected(true, i * 100);
    outages.connected(false, i * 100 + 50);
    outages.connected(false, i * 100 + 60);
  }
  assert.equal(outages.count, 30);
  assert.equal(outages.openedAt, 0);
  assert.equal(outages.latest.length, 21);
  assert.deepEqual(outages.latest[0], { since: 950, duration: 50 });
  assert.deepEqual(outages.latest.at(-1), { since: 2950 });
});

Deno.test("debug is asked for before the fragment or in it", () => {
  assert.ok(asksForDebug("?debug", "#token=x"));
  assert.ok(asksForDebug("", "#token=x&debug"));
  assert.ok(asksForDebug("", "#x&debug=1"));
  assert.ok(!asksForDebug("", "#token=debug&path=debug"));
});

Deno.test("a minute of speed is kept, and its highest for ever", () => {
  const meter = new SpeedMeter(1_000);
  meter.sample(0, 0);
  assert.equal(meter.sample(1_000_000, 1_000), 1_000_000);
  for (let i = 2; i < 200; i++) meter.sample(1_000_000, i * 1_000);
  assert.equal(meter.history.length, KEPT_SAMPLES);
  assert.equal(meter.history.at(-1), 0);
  assert.equal(meter.peak, 1_000_000);
  assert.equal(linePath([1], 60, 16), "");
  assert.match(linePath(meter.history, 60, 16), /^M0\.0 15\.0L/);
});

Deno.test("every error has a title, sentences and steps that end as sentences do", () => {
  const types = [
    "relay-unreachable",
    "unauthorised",
    "agent-offline",
    "agent-unknown",
    "several-agents",
    "session-expired",
    "refused",
    "bad-link",
    "not-trusted",
    "not-authorised",
    "webrtc-missing",
    "connect-timeout",
    "connection-lost",
    "not-found",
    "read-error",
    "out-of-range",
    "busy",
    "protocol",
    "aborted",
    "closed",
  ] as const;
  const reasons = [
    undefined,
    "busy",
    "shutdown",
    "not-found",
    "disabled",
    "internal",
    "slow",
    "too-many-sessions",
    "missing",
    "wrong",
    "clock",
    "not-yet",
    "expired",
    "revoked",
    "constructor",
  ];
  for (const type of types) {
    for (const reason of reasons) {
      const { title, steps } = explain(new PlayerError(type, "It broke.", reason ? { reason } : {}));
      assert.doesNotMatch(title, /\.$/);
      assert.ok(steps.length > 0, `${type} ${reason}`);
      for (const step of steps) assert.match(step, /[.:?!]$|= true\.$/, step);
    }
  }
});

Deno.test("whatever was seen of a failed connection, what helps names what is missing", () => {
  const type = fc.constantFrom("host", "srflx", "prflx", "relay");
  const sights = fc.record({
    answered: fc.boolean(),
    own: fc.uniqueArray(type),
    box: fc.uniqueArray(type),
    servers: fc.record({ stun: fc.boolean(), turn: fc.boolean() }),
    dependentMapping: fc.boolean(),
    checks: fc.record({ sent: fc.nat(50), answered: fc.nat(3), received: fc.nat(3) }),
  });
  fc.assert(
    fc.property(sights, (sights) => {
      const { steps, command, seen } = explain(new PlayerError("connect-timeout", "No way.", { sights }));
      assert.ok(steps.length > 0 && seen!.length > 0);
      // What is named already is not asked for.
      if (command?.includes("stun:")) assert.ok(!sights.servers.stun && !sights.servers.turn);
      if (command?.includes("turn:")) assert.ok(!sights.servers.turn);
      if (!sights.answered) assert.equal(command, undefined);
      // Nothing is said of a network that was not seen.
      const said = [...steps, ...seen!].join(" ");
      if (/This network gives/.test(said)) assert.ok(sights.dependentMapping);
      if (/the box has none there/.test(said)) assert.ok(!sights.box.includes("relay"));
      if (/Both sides have an address/.test(said)) {
        assert.ok(sights.box.includes("relay") && sights.own.includes("relay"));
      }
    }),
    { seed: 1 },
  );
});
