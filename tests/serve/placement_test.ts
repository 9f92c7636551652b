import assert from "node:assert/strict";
import { Placement, type Placing } from "../../src/serve/placement.ts";

const MINUTE = 60_000;

function placement(limits: Partial<ConstructorParameters<typeof Placement>[0]> = {}): Placement {
  return new Placement({ maxSessions: 8, maxPerViewer: 4, maxEngines: 3, webrtc: true, ...limits }, 0);
}

/** Dispatches `count` sessions; the engines that run them. */
function fill(placed: Placement, count: number, prefix = "s"): (number | undefined)[] {
  return Array.from(
    { length: count },
    (_, i) => engineOf(placed.dispatch({ sessionId: `${prefix}${i}` }, 0)),
  );
}

function engineOf(placing: Placing): number | undefined {
  return placing.type === "start" ? placing.engine : undefined;
}

Deno.test("placement: one engine from the start, a further one when each has a session, then the least busy", () => {
  const placed = placement();
  assert.deepEqual(placed.engines, [0]);
  assert.deepEqual(fill(placed, 8), [0, 1, 2, 0, 1, 2, 0, 1]);
  placed.closed(1, "s1", 1);
  placed.closed(1, "s4", 1);
  assert.equal(engineOf(placed.dispatch({ sessionId: "next" }, 1)), 1);
});

Deno.test("placement: an engine that has become free is used before another is started", () => {
  const placed = placement();
  fill(placed, 2);
  placed.closed(0, "s0", 1);
  assert.equal(engineOf(placed.dispatch({ sessionId: "next" }, 1)), 0);
  assert.deepEqual(placed.engines, [0, 1]);
});

Deno.test("placement: the ninth session is refused with busy, until one of any engine ends", () => {
  const placed = placement();
  fill(placed, 8);
  const ninth = placed.dispatch({ sessionId: "ninth" }, 0);
  assert.deepEqual(ninth, { type: "refuse", engine: 2, reason: "busy" });
  assert.equal(placed.sessions, 8);
  placed.closed(0, "s3", 1);
  assert.equal(engineOf(placed.dispatch({ sessionId: "tenth" }, 1)), 0);
});

Deno.test("placement: one viewer has four sessions at most, over all engines", () => {
  const placed = placement();
  const of = (sessionId: string, viewer: string) => placed.dispatch({ sessionId, viewer }, 0).type;
  assert.deepEqual(["a", "b", "c", "d", "e"].map((id) => of(id, "v1")), [
    "start",
    "start",
    "start",
    "start",
    "refuse",
  ]);
  assert.equal(of("f", "v2"), "start");
  placed.closed(1, "b", 1);
  assert.equal(of("g", "v1"), "start");
});

Deno.test("placement: a transport that is not known is refused, webrtc in any case is not", () => {
  const placed = placement({ maxEngines: 1 });
  const of = (sessionId: string, transport: string) => placed.dispatch({ sessionId, transport }, 0);
  assert.deepEqual(of("a", "hls"), { type: "refuse", engine: 0, reason: "unsupported-transport" });
  for (const transport of ["", "webrtc", "WebRTC"]) {
    assert.equal(of(`b${transport}`, transport).type, "start");
  }
});

Deno.test("placement: where WebRTC is switched off every session of it is told so", () => {
  const placed = placement({ webrtc: false });
  assert.deepEqual(placed.dispatch({ sessionId: "a" }, 0), { type: "refuse", engine: 0, reason: "disabled" });
  assert.equal(placed.sessions, 0);
});

Deno.test("placement: an id that lives, is being refused or ended in the last ten minutes is known", () => {
  const placed = placement();
  const again = (sessionId: string, now: number) => placed.dispatch({ sessionId }, now).type;
  fill(placed, 1);
  placed.dispatch({ sessionId: "refused", transport: "hls" }, 0);
  assert.deepEqual([again("s0", 1), again("refused", 1)], ["known", "known"]);
  placed.closed(0, "s0", 1_000);
  placed.closed(0, "refused", 1_000);
  assert.deepEqual([again("s0", 10 * MINUTE), again("refused", 10 * MINUTE)], ["known", "known"]);
  assert.deepEqual([again("s0", 10 * MINUTE + 1_000), again("refused", 10 * MINUTE + 1_000)], [
    "start",
    "start",
  ]);
});

Deno.test("placement: ids that are remembered are bounded, the oldest is forgotten first", () => {
  const placed = placement({ maxEngines: 1 });
  for (let i = 0; i <= 10_000; i++) {
    placed.dispatch({ sessionId: `s${i}` }, i);
    placed.closed(0, `s${i}`, i);
  }
  assert.equal(placed.dispatch({ sessionId: "s1" }, 10_001).type, "known");
  assert.equal(placed.dispatch({ sessionId: "s0" }, 10_001).type, "start");
});

Deno.test("placement: refusals under way are bounded, over all engines", () => {
  const placed = placement({ maxEngines: 1, maxSessions: 1 });
  fill(placed, 1);
  for (let i = 0; i < 64; i++) assert.equal(placed.dispatch({ sessionId: `r${i}` }, 0).type, "refuse");
  assert.deepEqual(placed.dispatch({ sessionId: "late" }, 0), { type: "untold", reason: "busy" });
  assert.equal(placed.dispatch({ sessionId: "late" }, 1).type, "known");
  placed.closed(0, "r0", 1);
  assert.equal(placed.dispatch({ sessionId: "later" }, 1).type, "refuse");
});

Deno.test("placement: an engine that dies takes its sessions along, and nobody else's", () => {
  const placed = placement();
  fill(placed, 5);
  assert.equal(placed.down(0, 1), 2);
  assert.equal(placed.sessions, 3);
  // The relay may still list what died; who was on it comes with a new id.
  assert.equal(placed.dispatch({ sessionId: "s0" }, 2).type, "known");
  assert.equal(engineOf(placed.dispatch({ sessionId: "again" }, 2)), 2);
  placed.up(0);
  assert.equal(engineOf(placed.dispatch({ sessionId: "more" }, 3)), 0);
});

Deno.test("placement: while the only engine is being replaced sessions wait with the relay", () => {
  const placed = placement({ maxEngines: 1 });
  fill(placed, 1);
  placed.down(0, 1);
  assert.equal(placed.dispatch({ sessionId: "new" }, 2).type, "later");
  assert.equal(placed.dispatch({ sessionId: "bad", transport: "hls" }, 2).type, "later");
  placed.up(0);
  assert.equal(engineOf(placed.dispatch({ sessionId: "new" }, 3)), 0);
  assert.equal(placed.dispatch({ sessionId: "bad", transport: "hls" }, 3).type, "refuse");
});

Deno.test("placement: with room for one more engine a dead one is not waited for", () => {
  const placed = placement({ maxEngines: 2 });
  placed.down(0, 1);
  assert.equal(engineOf(placed.dispatch({ sessionId: "new" }, 2)), 1);
});

Deno.test("placement: an engine beyond the first ends after five minutes without a session", () => {
  const placed = placement();
  fill(placed, 3);
  placed.closed(0, "s0", 0);
  placed.closed(2, "s2", MINUTE);
  assert.deepEqual(placed.takeIdle(6 * MINUTE - 1), []);
  assert.deepEqual(placed.takeIdle(6 * MINUTE), [2]);
  assert.deepEqual(placed.engines, [0, 1]);
  // The first stays, and so does one that has a session.
  assert.deepEqual(placed.takeIdle(60 * MINUTE), []);
  placed.closed(1, "s1", 60 * MINUTE);
  assert.deepEqual(placed.takeIdle(65 * MINUTE), [1]);
});

Deno.test("placement: an engine that still refuses is not idle, nor is one that is being replaced", () => {
  const placed = placement({ maxSessions: 2 });
  fill(placed, 2);
  placed.closed(1, "s1", 0);
  placed.dispatch({ sessionId: "bad", transport: "hls" }, 0);
  assert.deepEqual(placed.takeIdle(10 * MINUTE), []);
  placed.closed(1, "bad", 10 * MINUTE);
  placed.down(1, 10 * MINUTE);
  assert.deepEqual(placed.takeIdle(20 * MINUTE), []);
  placed.up(1);
  assert.deepEqual(placed.takeIdle(20 * MINUTE), [1]);
});

Deno.test("placement: an engine that cannot be started is gone, and its number free", () => {
  const placed = placement();
  fill(placed, 2);
  assert.equal(placed.gone(1, 0), 1);
  assert.deepEqual(placed.engines, [0]);
  assert.equal(engineOf(placed.dispatch({ sessionId: "new" }, 0)), 1);
});

Deno.test("placement: an engine does not end sessions of another", () => {
  const placed = placement();
  fill(placed, 2);
  placed.closed(1, "s0", 0);
  placed.closed(7, "s0", 0);
  assert.equal(placed.sessions, 2);
});

Deno.test("placement: a session that had a proof is not begun again while the proof could pass", () => {
  const placed = placement({ maxSessions: 3 });
  fill(placed, 3);
  placed.proven(0, "s0");
  placed.proven(1, "s1");
  // Nobody can be proven elsewhere, nor after the end.
  placed.proven(0, "s2");
  placed.closed(0, "s0", 0);
  placed.down(1, 0);
  placed.closed(2, "s2", 0);
  placed.up(1);
  const again = (id: string, now: number) => placed.dispatch({ sessionId: id }, now).type;
  // A relay can have the others forgotten, by listing many while the box is full.
  fill(placed, 20_000, "junk");
  assert.equal(again("s2", 1), "untold");
  for (const id of ["s0", "s1"]) assert.equal(again(id, 1), "known", id);
  for (const [engine, id] of [[0, "junk0"], [1, "junk1"], [2, "junk2"]] as const) {
    placed.closed(engine, id, 1);
  }
  for (const id of ["s0", "s1"]) assert.equal(again(id, 20 * MINUTE - 1), "known", id);
  assert.equal(again("s2", 20 * MINUTE - 1), "start");
  for (const id of ["s0", "s1"]) assert.equal(again(id, 20 * MINUTE), "start", id);
  assert.equal(placed.sessions, 3);
});
