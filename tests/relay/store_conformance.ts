/** What every store must do, whatever it is made of. `makeStore` gives an empty one with these rules. */
import assert from "node:assert/strict";
import { DEFAULT_LIMITS, DEFAULT_TIMES } from "../../src/relay/limits.ts";
import type { Agent, NewSession, Place, Session, Store, StoreRules } from "../../src/relay/store.ts";

type TestedStore = Store & Partial<Disposable>;
export type MakeStore = (rules: StoreRules) => TestedStore | Promise<TestedStore>;

const NOW = 1_767_225_600_000;
const NEVER = new AbortController().signal;
const ABORTED = AbortSignal.abort();
const RULES: StoreRules = { times: DEFAULT_TIMES, limits: DEFAULT_LIMITS };

function facts(sessionId: string, more: Partial<NewSession> = {}): NewSession {
  return { sessionId, agentId: "box", owner: "a1", viewer: "v1", filePath: "a.mp4", ...more };
}

async function made(store: Store, sessionId: string, now = NOW): Promise<Session> {
  const session = await store.createSession(facts(sessionId), now);
  assert.ok(typeof session === "object");
  return session;
}

async function reading(store: Store, id: string, reader: "agent" | "browser", after = 0): Promise<Place> {
  const place = await store.openReader(id, reader, after, NOW);
  assert.ok(place);
  return place;
}

/** Resolves once `count` wakes of `owner` are open: a store that is elsewhere hears of them after a moment. */
async function opened(store: Store, owner: string, count: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (await store.openWakes(owner) !== count) {
    assert.ok(performance.now() < deadline, `there are not ${count} open wakes within 30 seconds`);
  }
}

/** Everything that can be read from `place` without waiting. */
async function drain(store: Store, place: Place): Promise<{ ids: number[]; data: string[] }> {
  const ids: number[] = [];
  const data: string[] = [];
  for (let after = place.after;;) {
    const next = await store.next({ ...place, after }, NOW, ABORTED);
    if (typeof next === "string") return { ids, data };
    ids.push(next.id);
    data.push(next.data);
    after = next.id;
  }
}

export function storeConformance(name: string, makeStore: MakeStore, { ignore = false } = {}): void {
  const test = (behaviour: string, run: (store: Store) => Promise<void>, limits = {}) =>
    Deno.test(`${name}: ${behaviour}`, { ignore }, async () => {
      const store = await makeStore({ ...RULES, limits: { ...RULES.limits, ...limits } });
      try {
        await run(store);
      } finally {
        store[Symbol.dispose]?.();
      }
    });

  // Agents

  test("an agent is new once, then known", async (store) => {
    assert.equal(await store.register({ agentId: "box", name: "Box", version: "1" }, "a1", NOW), "new");
    assert.equal(await store.register({ agentId: "box", version: "2" }, "a1", NOW), "known");
    const [agent] = await store.agents("", NOW);
    assert.deepEqual({ ...agent, lastSync: agent?.lastSync, departedAt: agent?.departedAt }, {
      agentId: "box",
      owner: "a1",
      account: "",
      name: "Box",
      version: "2",
      lastSync: undefined,
      departedAt: undefined,
    });
  });

  test("a sync of an unknown agent registers it", async (store) => {
    assert.equal(await store.sync({ agentId: "box" }, "a1", NOW), "new");
    assert.equal((await store.agents("", NOW))[0]?.lastSync, NOW);
  });

  test("agents are found by id, by account and by token", async (store) => {
    await store.sync({ agentId: "one", account: "home", name: "One" }, "a1", NOW);
    await store.sync({ agentId: "two", account: "home" }, "a2", NOW);
    await store.sync({ agentId: "three" }, "a2", NOW);
    const ids = (agents: Agent[]) => agents.map((agent) => agent.agentId).sort();
    assert.equal((await store.agent("one", NOW))?.name, "One");
    assert.equal((await store.agent("one", NOW))?.account, "home");
    assert.equal(await store.agent("four", NOW), undefined);
    assert.equal(await store.agent("one", NOW + DEFAULT_TIMES.silent), undefined);
    assert.deepEqual(ids(await store.agents("home", NOW)), ["one", "two"]);
    assert.deepEqual(ids(await store.agents("", NOW)), ["three"]);
    assert.deepEqual(ids(await store.agents("elsewhere", NOW)), []);
    assert.deepEqual(ids(await store.agentsOf("a2", NOW)), ["three", "two"]);
    // A token that has moved takes its agent along with the next sync.
    await store.sync({ agentId: "two" }, "a2", NOW + 1);
    assert.deepEqual(ids(await store.agents("home", NOW + 1)), ["one"]);
    assert.deepEqual(ids(await store.agents("", NOW + 1)), ["three", "two"]);
    // An id that another token has taken over is no longer the former one's.
    await store.deregister("two", "a2", NOW + 1);
    await store.register({ agentId: "two", account: "home" }, "a3", NOW + 1);
    assert.deepEqual(ids(await store.agentsOf("a2", NOW + 1)), ["three"]);
    assert.deepEqual(ids(await store.agents("home", NOW + 1)), ["one", "two"]);
  });

  test("an agent id belongs to the token that registered it, until it leaves", async (store) => {
    await store.register({ agentId: "box" }, "a1", NOW);
    assert.equal(await store.register({ agentId: "box" }, "a2", NOW), "taken");
    assert.equal(await store.sync({ agentId: "box" }, "a2", NOW), "taken");
    assert.equal(await store.deregister("box", "a2", NOW), false);
    assert.equal(await store.deregister("box", "a1", NOW), true);
    assert.equal(await store.register({ agentId: "box" }, "a2", NOW), "new");
  });

  test("syncs are ignored for 5 s after a deregister", async (store) => {
    await store.sync({ agentId: "box" }, "a1", NOW);
    await store.deregister("box", "a1", NOW);
    assert.equal(await store.sync({ agentId: "box" }, "a1", NOW + 4_999), "ignored");
    assert.equal((await store.agents("", NOW))[0]?.departedAt, NOW);
    assert.equal(await store.sync({ agentId: "box" }, "a1", NOW + 5_000), "new");
    assert.equal((await store.agents("", NOW + 5_000))[0]?.departedAt, undefined);
  });

  test("a register lifts the deregister at once", async (store) => {
    await store.deregister("box", "a1", NOW);
    assert.equal(await store.register({ agentId: "box" }, "a1", NOW + 1), "new");
    assert.equal(await store.sync({ agentId: "box" }, "a1", NOW + 2), "known");
  });

  test("a deregister of an unknown agent also has its late sync ignored", async (store) => {
    assert.equal(await store.deregister("box", "a1", NOW), true);
    assert.equal(await store.sync({ agentId: "box" }, "a1", NOW + 1), "ignored");
  });

  test("agents that left or fell silent are forgotten in time", async (store) => {
    await store.sync({ agentId: "left" }, "a1", NOW);
    await store.sync({ agentId: "silent" }, "a1", NOW);
    await store.deregister("left", "a1", NOW);
    const known = async (now: number) => (await store.agents("", now)).map((agent) => agent.agentId).sort();
    assert.deepEqual(await known(NOW + DEFAULT_TIMES.departed - 1), ["left", "silent"]);
    assert.deepEqual(await known(NOW + DEFAULT_TIMES.departed), ["silent"]);
    await store.sweep(NOW + DEFAULT_TIMES.departed);
    assert.deepEqual(await known(NOW + DEFAULT_TIMES.silent - 1), ["silent"]);
    assert.deepEqual(await known(NOW + DEFAULT_TIMES.silent), []);
  });

  test("a full table takes no agent while all are there, and one for each that left", async (store) => {
    await store.sync({ agentId: "one" }, "a1", NOW);
    await store.sync({ agentId: "two" }, "a1", NOW);
    assert.equal(await store.sync({ agentId: "three" }, "a1", NOW), "full");
    await store.deregister("two", "a1", NOW);
    assert.equal(await store.sync({ agentId: "three" }, "a1", NOW), "new");
    assert.deepEqual((await store.agents("", NOW)).map((agent) => agent.agentId).sort(), ["one", "three"]);
    const later = NOW + 120_000;
    await store.sync({ agentId: "three" }, "a1", later);
    assert.equal(await store.register({ agentId: "four" }, "a1", later), "new");
    assert.deepEqual((await store.agents("", later)).map((agent) => agent.agentId).sort(), ["four", "three"]);
  }, { agents: 2 });

  test("a token that floods a full table crowds out itself alone", async (store) => {
    const register = (agentId: string, owner: string) => store.register({ agentId }, owner, NOW);
    const count = async (owner: string) => (await store.agentsOf(owner, NOW)).length;
    for (const n of [1, 2, 3, 4]) assert.equal(await register(`flood-${n}`, "a1"), "new");
    assert.equal(await store.sync({ agentId: "flood-5" }, "a1", NOW), "full");
    // Whoever has fewer takes the place of one of the flood, until both have as many.
    assert.equal(await register("one", "a2"), "new");
    assert.equal(await store.sync({ agentId: "two" }, "a2", NOW), "new");
    assert.deepEqual([await count("a1"), await count("a2")], [2, 2]);
    assert.equal(await register("three", "a2"), "full");
    assert.equal(await register("flood-5", "a1"), "full");
    assert.equal(await register("only", "a3"), "new");
    assert.equal(await count("a3"), 1);
    assert.equal(await count("a1") + await count("a2"), 3);
    // Nobody who is there loses a place by calling again.
    for (const { agentId, owner } of await store.agents("", NOW)) {
      assert.equal(await store.sync({ agentId }, owner, NOW), "known");
    }
  }, { agents: 4 });

  test("a token's agents that left or were forgotten are no flood of it any more", async (store) => {
    const register = (agentId: string, owner: string, now: number) => store.register({ agentId }, owner, now);
    for (const n of [1, 2, 3, 4]) await register(`box-${n}`, "a1", NOW);
    for (const n of [1, 2, 3]) await store.deregister(`box-${n}`, "a1", NOW);
    // In the places of those that left, and one under its former id.
    for (const agentId of ["box-1", "two"]) assert.equal(await register(agentId, "a2", NOW), "new");
    assert.equal(await register("three", "a3", NOW), "new");
    assert.equal(await register("four", "a1", NOW), "full");
    assert.equal(await register("four", "a4", NOW), "new");
    assert.deepEqual((await store.agentsOf("a2", NOW)).length, 1);
    // All of them fall silent and are forgotten; one token has most of the table then, and another comes.
    const later = NOW + DEFAULT_TIMES.silent;
    for (const n of [1, 2, 3, 4]) assert.equal(await register(`late-${n}`, "a5", later), "new");
    assert.equal(await register("box-4", "a1", later), "new");
    assert.equal((await store.agentsOf("a5", later)).length, 3);
    assert.equal((await store.agentsOf("a1", later)).length, 1);
  }, { agents: 4 });

  // Wakes

  test("a wake releases every open wait of its token and no other", async (store) => {
    const other = new AbortController();
    const waits = [store.awaitWake("a1", NEVER), store.awaitWake("a1", NEVER)];
    const foreign = store.awaitWake("a2", other.signal);
    await opened(store, "a1", 2);
    await opened(store, "a2", 1);
    await store.wake("a1");
    assert.deepEqual(await Promise.all(waits), [true, true]);
    assert.equal(await store.openWakes("a1"), 0);
    assert.equal(await store.openWakes("a2"), 1);
    other.abort();
    assert.equal(await foreign, false);
    assert.equal(await store.openWakes("a2"), 0);
  });

  test("a wake without an open wait answers the next one, once", async (store) => {
    await store.wake("a1");
    await store.wake("a1");
    assert.equal(await store.awaitWake("a1", NEVER), true);
    assert.equal(await store.awaitWake("a1", ABORTED), false);
  });

  test("a wait that was aborted before does not use up the latch", async (store) => {
    await store.wake("a1");
    assert.equal(await store.awaitWake("a1", ABORTED), false);
    assert.equal(await store.awaitWake("a1", NEVER), true);
  });

  test("a wake that released somebody is not latched", async (store) => {
    const wait = store.awaitWake("a1", NEVER);
    await opened(store, "a1", 1);
    await store.wake("a1");
    assert.equal(await wait, true);
    assert.equal(await store.awaitWake("a1", ABORTED), false);
  });

  test("the last call of a viewer of each account is remembered", async (store) => {
    assert.equal(await store.lastViewer("home"), undefined);
    await store.viewerSeen("home", NOW);
    assert.equal(await store.lastViewer("home"), NOW);
    assert.equal(await store.lastViewer(""), undefined);
  });

  // Sessions

  test("a session expires 5 minutes after the last message or event request", async (store) => {
    await made(store, "s");
    assert.equal((await store.session("s", NOW))?.expiresAt, NOW + 300_000);
    await store.append("s", "agent", "x", NOW + 299_999);
    assert.ok(await store.session("s", NOW + 300_000));
    await store.openReader("s", "browser", 0, NOW + 500_000);
    assert.ok(await store.session("s", NOW + 799_999));
    assert.equal(await store.session("s", NOW + 800_000), undefined);
    assert.equal(await store.append("s", "agent", "x", NOW + 800_000), "gone");
    assert.equal(await store.openReader("s", "agent", 0, NOW + 800_000), undefined);
  });

  test("a session is pending until its agent opens a stream", async (store) => {
    await made(store, "s1", NOW);
    await made(store, "s2", NOW + 1);
    const pending = async (agentId = "box", owner = "a1") =>
      (await store.pending(agentId, owner, NOW + 2)).map((session) => session.sessionId);
    assert.deepEqual(await pending(), ["s1", "s2"]);
    assert.deepEqual(await pending(), ["s1", "s2"]);
    assert.deepEqual(await pending("other"), []);
    assert.deepEqual(await pending("box", "a2"), []);
    await store.openReader("s1", "browser", 0, NOW + 2);
    assert.deepEqual(await pending(), ["s1", "s2"]);
    await store.openReader("s1", "agent", 0, NOW + 2);
    assert.deepEqual(await pending(), ["s2"]);
  });

  test("a session is pending for 60 s and never again", async (store) => {
    await made(store, "s");
    assert.equal((await store.pending("box", "a1", NOW + 59_999)).length, 1);
    assert.equal((await store.pending("box", "a1", NOW + 60_000)).length, 0);
    await store.append("s", "agent", "x", NOW + 60_000);
    assert.equal((await store.pending("box", "a1", NOW + 60_001)).length, 0);
  });

  test("sessions are bounded for a viewer, for an agent and in all", async (store) => {
    const create = (id: string, viewer: string, agentId: string, now = NOW) =>
      store.createSession(facts(id, { viewer, agentId }), now);
    await create("1", "v1", "box");
    await create("2", "v1", "box");
    assert.equal(await create("3", "v1", "other"), "viewer-full");
    await create("4", "v2", "box");
    assert.equal(await create("5", "v2", "box"), "agent-full");
    await create("6", "v2", "other");
    assert.equal(await create("7", "v3", "third"), "relay-full");
    assert.equal(typeof await create("8", "v1", "box", NOW + 300_000), "object");
  }, { sessionsPerViewer: 2, sessionsPerAgent: 3, sessions: 4 });

  test("deleted sessions do not count for their viewer and do not pile up", async (store) => {
    for (const id of ["1", "2", "3", "4"]) {
      await made(store, id);
      assert.equal(await store.closeSession(id, "bye", NOW), true);
    }
    assert.equal(await store.session("1", NOW), undefined);
    assert.equal(await store.session("2", NOW), undefined);
    assert.equal((await store.session("4", NOW))?.closed, true);
  }, { sessionsPerViewer: 2 });

  test("a full store forgets a deleted session for a new one", async (store) => {
    await made(store, "1");
    await store.closeSession("1", "bye", NOW);
    await made(store, "2");
    assert.equal(await store.createSession(facts("3"), NOW), "relay-full");
  }, { sessions: 1 });

  // Messages

  test("ids rise from 1 in each direction", async (store) => {
    await made(store, "s");
    assert.equal(await store.append("s", "agent", "offer", NOW), 1);
    assert.equal(await store.append("s", "agent", "candidate", NOW), 2);
    assert.equal(await store.append("s", "browser", "answer", NOW), 1);
    assert.deepEqual(await drain(store, await reading(store, "s", "agent")), {
      ids: [1, 2],
      data: ["offer", "candidate"],
    });
    assert.deepEqual(await drain(store, await reading(store, "s", "browser")), {
      ids: [1],
      data: ["answer"],
    });
  });

  test("a message that is sent again under its key is kept once", async (store) => {
    await made(store, "s");
    assert.equal(await store.append("s", "agent", "offer", NOW, "k1"), 1);
    assert.equal(await store.append("s", "agent", "offer, again", NOW, "k1"), 1);
    assert.equal(await store.append("s", "browser", "answer", NOW, "k1"), 1);
    assert.equal(await store.append("s", "agent", "candidate", NOW, "k2"), 2);
    assert.equal(await store.append("s", "agent", "candidate", NOW), 3);
    assert.equal(await store.append("s", "agent", "candidate", NOW), 4);
    assert.deepEqual((await drain(store, await reading(store, "s", "agent"))).data, [
      "offer",
      "candidate",
      "candidate",
      "candidate",
    ]);
  });

  test("a stream goes on after the id it is given, and can start again from the oldest", async (store) => {
    await made(store, "s");
    for (const data of ["a", "b", "c"]) await store.append("s", "agent", data, NOW);
    assert.deepEqual((await drain(store, await reading(store, "s", "agent", 2))).data, ["c"]);
    assert.deepEqual((await drain(store, await reading(store, "s", "agent"))).data, ["a", "b", "c"]);
  });

  test("an id that was never given out does not swallow what comes", async (store) => {
    await made(store, "s");
    const place = await reading(store, "s", "agent", 1_000);
    await store.append("s", "agent", "a", NOW);
    assert.deepEqual((await drain(store, place)).data, ["a"]);
  });

  test("a waiting stream gets the message that comes", async (store) => {
    await made(store, "s");
    const next = store.next(await reading(store, "s", "browser"), NOW, NEVER);
    await store.append("s", "agent", "not for it", NOW);
    await store.append("s", "browser", "answer", NOW);
    assert.deepEqual(await next, { id: 1, data: "answer" });
  });

  test("a waiting stream is idle when its signal says so", async (store) => {
    await made(store, "s");
    const abort = new AbortController();
    const next = store.next(await reading(store, "s", "browser"), NOW, abort.signal);
    abort.abort();
    assert.equal(await next, "idle");
  });

  test("the newest stream of a side wins, the older is over, the other side's goes on", async (store) => {
    await made(store, "s");
    const older = await reading(store, "s", "agent");
    const browser = store.next(await reading(store, "s", "browser"), NOW, NEVER);
    const waiting = store.next(older, NOW, NEVER);
    const newer = await reading(store, "s", "agent");
    assert.equal(await waiting, "over");
    await store.append("s", "agent", "a", NOW);
    assert.equal(await store.next(older, NOW, NEVER), "over");
    assert.deepEqual(await store.next(newer, NOW, NEVER), { id: 1, data: "a" });
    await store.append("s", "browser", "b", NOW);
    assert.deepEqual(await browser, { id: 1, data: "b" });
  });

  test("the oldest messages are dropped above the count, ids stay", async (store) => {
    await made(store, "s");
    for (let n = 1; n <= 5; n++) await store.append("s", "agent", `m${n}`, NOW);
    const place = await reading(store, "s", "agent");
    assert.deepEqual(await drain(store, place), { ids: [3, 4, 5], data: ["m3", "m4", "m5"] });
    assert.deepEqual((await drain(store, { ...place, after: 4 })).ids, [5]);
  }, { messages: 3 });

  test("the oldest messages are dropped above the bytes, counted in UTF-8", async (store) => {
    await made(store, "s");
    for (const data of ["ééé", "bbb", "cc"]) await store.append("s", "agent", data, NOW);
    assert.deepEqual((await drain(store, await reading(store, "s", "agent"))).ids, [2, 3]);
    await store.append("s", "agent", "larger than everything", NOW);
    assert.deepEqual((await drain(store, await reading(store, "s", "agent"))).ids, [4]);
  }, { messageBytes: 10 });

  test("a store that is full of messages says so until sessions expire", async (store) => {
    await made(store, "s1");
    await made(store, "s2");
    assert.equal(await store.append("s1", "agent", "12345678", NOW), 1);
    assert.equal(await store.append("s2", "agent", "123", NOW + 200_000), "full");
    assert.equal(await store.append("s2", "agent", "12", NOW + 200_000), 1);
    assert.equal(await store.append("s2", "agent", "123", NOW + 400_000), 2);
  }, { totalBytes: 10 });

  test("a stream that waits in a session that is forgotten is over", async (store) => {
    await made(store, "s");
    const next = store.next(await reading(store, "s", "agent"), NOW, NEVER);
    await store.sweep(NOW + 300_000);
    assert.equal(await next, "over");
  });

  // Deleted sessions

  test("a deleted session keeps its last message for the agent and nothing for the viewer", async (store) => {
    await made(store, "s");
    await store.append("s", "agent", "offer", NOW);
    const browser = store.next(await reading(store, "s", "browser"), NOW, NEVER);
    assert.equal(await store.closeSession("s", "bye", NOW), true);
    assert.equal(await store.closeSession("s", "bye", NOW), false);
    assert.equal(await browser, "over");
    assert.equal(await store.openReader("s", "browser", 0, NOW), undefined);
    assert.equal(await store.append("s", "agent", "x", NOW), "gone");
    assert.equal((await store.pending("box", "a1", NOW)).length, 0);
    const place = await reading(store, "s", "agent", 1);
    assert.deepEqual(await store.next(place, NOW, NEVER), { id: 2, data: "bye" });
    assert.equal(await store.next({ ...place, after: 2 }, NOW, NEVER), "over");
  });

  test("a waiting agent gets the last message of a deleted session", async (store) => {
    await made(store, "s");
    const next = store.next(await reading(store, "s", "agent"), NOW, NEVER);
    await store.closeSession("s", "bye", NOW);
    assert.deepEqual(await next, { id: 1, data: "bye" });
  });

  test("a deleted session is forgotten when the agent has said that it read the end", async (store) => {
    await made(store, "s");
    await store.closeSession("s", "bye", NOW);
    assert.equal(await store.openReader("s", "agent", 1, NOW), undefined);
    assert.equal(await store.session("s", NOW), undefined);
  });

  test("a deleted session is kept a little after its end was handed out, and 5 minutes if not", async (store) => {
    await made(store, "read");
    await made(store, "unread");
    for (const id of ["read", "unread"]) await store.closeSession(id, "bye", NOW);
    await drain(store, await reading(store, "read", "agent"));
    assert.ok(await store.session("read", NOW + DEFAULT_TIMES.closed - 1));
    assert.equal(await store.session("read", NOW + DEFAULT_TIMES.closed), undefined);
    assert.ok(await store.session("unread", NOW + 299_999));
    assert.equal(await store.session("unread", NOW + 300_000), undefined);
  });

  // Windows

  test("events of a key are counted up to its limit, others beside them", async (store) => {
    for (let n = 0; n < 3; n++) assert.equal(await store.countEvent("a", 3, 1_000, NOW + n), 0);
    const wait = await store.countEvent("a", 3, 1_000, NOW + 10);
    assert.ok(wait > 0 && wait <= 1_000, `${wait}`);
    assert.equal(await store.countEvent("b", 3, 1_000, NOW + 10), 0);
    assert.equal(await store.countEvent("a", 3, 1_000, NOW + 10 + wait), 0);
  });

  test("a window slides: no more than its limit in any of its length", async (store) => {
    const counted: number[] = [];
    for (let now = NOW; now < NOW + 5_000; now += 70) {
      if (await store.countEvent("a", 5, 1_000, now) === 0) counted.push(now);
    }
    for (const start of counted) {
      const inWindow = counted.filter((time) => time >= start && time < start + 1_000).length;
      assert.ok(inWindow <= 5, `${inWindow} after ${start - NOW} ms`);
    }
    assert.ok(counted.length >= 20, `${counted.length}`);
  });

  test("events that are refused are not counted", async (store) => {
    assert.equal(await store.countEvent("a", 1, 1_000, NOW), 0);
    for (let n = 0; n < 50; n++) assert.ok(await store.countEvent("a", 1, 1_000, NOW + 10 * n) > 0);
    assert.equal(await store.countEvent("a", 1, 1_000, NOW + 1_000), 0);
  });

  test("a sweep keeps windows that are not over", async (store) => {
    assert.equal(await store.countEvent("a", 1, 1_000, NOW), 0);
    await store.sweep(NOW + 999);
    assert.ok(await store.countEvent("a", 1, 1_000, NOW + 999) > 0);
    await store.sweep(NOW + 1_000);
    assert.equal(await store.countEvent("a", 1, 1_000, NOW + 1_000), 0);
  });

  // All together

  test("nothing is lost or doubled by a reader that gives up again and again", async (store) => {
    await made(store, "s");
    const count = 200;
    const seen: number[] = [];
    const read = async () => {
      for (let turn = 0, after = 0; after < count; turn++) {
        const place = await reading(store, "s", "agent", after);
        const abort = new AbortController();
        for (let left = turn % 5; left >= 0; left--) {
          const next = store.next({ ...place, after }, NOW, abort.signal);
          if (left === 0) abort.abort();
          const answer = await next;
          if (answer === "idle") break;
          assert.ok(typeof answer === "object");
          seen.push(answer.id);
          after = answer.id;
        }
        // A reader that gives up at once must leave the writer a turn.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    const write = async () => {
      for (let n = 1; n <= count; n++) {
        await store.append("s", "agent", `m${n}`, NOW);
        if (n % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await Promise.all([read(), write()]);
    assert.deepEqual(seen, Array.from({ length: count }, (_, index) => index + 1));
  });
}
