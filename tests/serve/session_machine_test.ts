import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DEFAULT_LIMITS,
  type SessionEvent,
  SessionMachine,
  type SessionState,
} from "../../src/serve/session_machine.ts";

function machine(events: SessionEvent["type"][] = [], single = true): SessionMachine {
  const made = new SessionMachine(DEFAULT_LIMITS, single, 0);
  for (const type of events) made.handle({ type } as SessionEvent, 0);
  return made;
}

const OPEN: SessionEvent["type"][] = ["checked", "answered", "channel-open"];

Deno.test("session: goes from CHECKING over WAITING and CONNECTING to OPEN", () => {
  const session = new SessionMachine(DEFAULT_LIMITS, true, 0);
  const states: SessionState[] = [session.state];
  for (const type of OPEN) {
    session.handle({ type } as SessionEvent, 1);
    states.push(session.state);
  }
  assert.deepEqual(states, ["CHECKING", "WAITING", "CONNECTING", "OPEN"]);
});

const timeouts: [string, SessionEvent["type"][], number, string | null][] = [
  ["CHECKING takes 10 s at most", [], 10_000, "internal"],
  ["defect 14: an offer must come within 30 s", ["checked"], 30_000, "connect-timeout"],
  [
    "defect 15: a channel must open within 30 s of the offer",
    ["checked", "answered"],
    30_000,
    "connect-timeout",
  ],
  ["INTERRUPTED lasts 30 s at most", [...OPEN, "disconnected"], 30_000, "connection-lost"],
  ["defect 19: 30 min without a frame end it", OPEN, 30 * 60_000, "connection-lost"],
];

for (const [name, events, ms, reason] of timeouts) {
  Deno.test(`session: ${name}`, () => {
    const session = machine(events);
    assert.equal(session.deadline, ms);
    session.tick(ms - 1);
    assert.notEqual(session.state, "CLOSING");
    session.tick(ms);
    assert.equal(session.state, "CLOSING");
    assert.equal(session.ending?.reason, reason);
  });
}

const endings: [SessionEvent["type"][], SessionEvent, string | null][] = [
  [[], { type: "refused", reason: "not-found" }, "not-found"],
  [["checked"], { type: "bad-offer" }, "bad-offer"],
  [["checked"], { type: "not-authorised", failure: "missing" }, "not-authorised"],
  [OPEN, { type: "not-authorised", failure: "revoked" }, "not-authorised"],
  [[...OPEN, "disconnected"], { type: "not-authorised", failure: "expired" }, "not-authorised"],
  [["checked"], { type: "signalling-failed" }, null],
  [["checked", "answered"], { type: "signalling-failed" }, null],
  [["checked", "answered"], { type: "connection-failed" }, "connect-timeout"],
  [["checked", "answered"], { type: "connection-closed" }, null],
  [OPEN, { type: "connection-failed" }, "connection-lost"],
  [OPEN, { type: "connection-closed" }, null],
  [OPEN, { type: "stalled" }, "connection-lost"],
  [OPEN, { type: "overloaded" }, "internal"],
  [OPEN, { type: "channels", count: 0 }, null],
  [OPEN, { type: "bye" }, null],
  [OPEN, { type: "shutdown" }, "shutdown"],
  [OPEN, { type: "exception" }, "internal"],
  [[...OPEN, "disconnected"], { type: "connection-failed" }, "connection-lost"],
  [["checked"], { type: "bye" }, null],
];

Deno.test("session: the first end says why, a later one nothing", () => {
  const session = machine(OPEN);
  session.handle({ type: "not-authorised", failure: "revoked" }, 1);
  session.handle({ type: "not-authorised", failure: "expired" }, 2);
  session.handle({ type: "bye" }, 3);
  assert.deepEqual([session.ending?.reason, session.ending?.detail], ["not-authorised", "revoked"]);
});

for (const [before, event, reason] of endings) {
  Deno.test(`session: ${event.type} after ${before.at(-1) ?? "nothing"} ends it with ${reason}`, () => {
    const session = machine(before);
    session.handle(event, 1);
    assert.equal(session.state, "CLOSING");
    assert.equal(session.ending?.reason, reason);
    session.handle({ type: "closed" }, 2);
    assert.equal(session.state, "CLOSED");
    assert.equal(session.deadline, undefined);
  });
}

Deno.test("defect 1: once the channel is open, no signalling failure ends a session", () => {
  for (const before of [OPEN, [...OPEN, "disconnected" as const]]) {
    const session = machine(before);
    const { state } = session;
    session.handle({ type: "signalling-failed" }, 1);
    session.handle({ type: "bad-offer" }, 1);
    assert.equal(session.state, state);
  }
});

Deno.test("session: INTERRUPTED goes back to OPEN and has its 30 s anew the next time", () => {
  const session = machine([...OPEN, "disconnected"]);
  session.handle({ type: "connected" }, 20_000);
  assert.equal(session.state, "OPEN");
  session.handle({ type: "disconnected" }, 25_000);
  assert.equal(session.deadline, 55_000);
});

Deno.test("session: a response in progress keeps it from being idle", () => {
  const session = machine(OPEN);
  session.handle({ type: "load", responses: 1 }, 1_000);
  assert.equal(session.deadline, undefined);
  session.handle({ type: "load", responses: 0 }, 5_000);
  assert.equal(session.deadline, 5_000 + 30 * 60_000);
  session.handle({ type: "frame" }, 6_000);
  assert.equal(session.deadline, 6_000 + 30 * 60_000);
});

Deno.test("defect 35: the 65th malformed message ends it", () => {
  const session = machine(OPEN);
  for (let i = 0; i < 64; i++) session.handle({ type: "malformed" }, i);
  assert.equal(session.state, "OPEN");
  session.handle({ type: "malformed" }, 64);
  assert.deepEqual([session.state, session.ending?.reason], ["CLOSING", "internal"]);
});

Deno.test("session: the library's lives 30 s without a channel", () => {
  const session = machine(OPEN, false);
  session.handle({ type: "channels", count: 0 }, 1_000);
  assert.equal(session.deadline, 31_000);
  session.handle({ type: "channels", count: 1 }, 2_000);
  assert.equal(session.deadline, 30 * 60_000);
  session.handle({ type: "channels", count: 0 }, 3_000);
  session.tick(33_000);
  assert.deepEqual([session.state, session.ending?.reason], ["CLOSING", null]);
});

Deno.test("session: whatever happens, every state but the closing ones has a way out in bounded time", () => {
  const types = [
    "checked",
    "answered",
    "bad-offer",
    "signalling-failed",
    "channel-open",
    "connected",
    "disconnected",
    "connection-failed",
    "connection-closed",
    "frame",
    "malformed",
    "stalled",
    "bye",
  ] as const;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...types), fc.nat(60_000)), { maxLength: 60 }),
      fc.boolean(),
      (events, single) => {
        const session = machine([], single);
        let now = 0;
        for (const [type, after] of events) {
          now += after;
          session.tick(now);
          const closing = session.state === "CLOSING";
          session.handle({ type } as SessionEvent, now);
          if (closing) assert.equal(session.state, "CLOSING");
        }
        for (let i = 0; session.state !== "CLOSING" && i < 3; i++) {
          assert.ok(session.deadline !== undefined && session.deadline <= now + 30 * 60_000 + 60_000);
          now = Math.max(now, session.deadline);
          session.tick(now);
        }
        assert.equal(session.state, "CLOSING");
      },
    ),
    { seed: 20_261_123, numRuns: 500 },
  );
});
