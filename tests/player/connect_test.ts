import assert from "node:assert/strict";
import { connect, listAgents, PlayerError, type Session } from "../../src/player/client/mod.ts";
import { decodeFrame, encodeBare } from "../../src/wire/mod.ts";
import { Engine } from "./support/engines.ts";
import { ScriptedAgent } from "./support/scripted_agent.ts";
import { ScriptedRelay } from "./support/scripted_box.ts";

/** Connects with libwebrtc in place of a browser. */
function connecting(relay: ScriptedRelay, more: Partial<Parameters<typeof connect>[0]> = {}) {
  return connect({ ...relay.access, RTCPeerConnection: Engine, ...more });
}

async function becomes(session: Session, state: Session["state"]): Promise<void> {
  while (session.state !== state) {
    await new Promise((resolve) => session.addEventListener("statechange", resolve, { once: true }));
  }
}

Deno.test("a library session opens, lists, and is left with a goodbye", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  assert.deepEqual((await listAgents(relay.access)).map(({ name }) => name), ["Attic"]);
  const steps: string[] = [];
  const opening = connecting(relay, { onStep: (step) => steps.push(step) });
  const box = await relay.session("box-1");
  await box.answer();
  const session = await opening;
  assert.deepEqual(steps, ["relay", "agent", "network"]);
  assert.equal(session.state, "open");
  assert.equal(session.agentId, "box-1");

  const channel = await box.channel;
  assert.equal(channel.label, "unarr-library");
  channel.onmessage = ({ data }) => {
    const ask = JSON.parse(data);
    channel.send("not JSON");
    channel.send(JSON.stringify({ id: 999, entries: [], cursor: null }));
    const answer = ask.op === "search"
      ? { id: ask.id, error: "not today", code: "internal" }
      : ask.path === "gone"
      ? { id: ask.id, error: "no such folder", code: "not-found" }
      : { id: ask.id, entries: [{ name: "a", kind: "dir", size: 0, modified: 1 }], cursor: null };
    channel.send(JSON.stringify(answer));
  };
  assert.deepEqual((await session.list("")).entries, [{ name: "a", kind: "dir", size: 0, modified: 1 }]);
  await assert.rejects(session.list("gone"), { type: "not-found" });
  await assert.rejects(session.search("x"), { type: "read-error" });
  assert.equal((await session.path()).route, "same-network");

  session.close();
  await box.left;
  assert.equal((await session.closed).type, "closed");
  assert.equal(session.state, "closed");
  await assert.rejects(session.list(""), { type: "closed" });
  await assert.rejects(session.open("a.mp4"), { type: "closed" });
});

Deno.test("a library session that hears nothing for a PING looks for another way", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const heartbeat = { intervalMs: 20, answerMs: 20, checkMs: 20, silentMs: 20 };
  const events: string[] = [];
  const opening = connecting(relay, { heartbeat, trace: (name) => events.push(name) });
  const box = await relay.session("box-1");
  await box.answer();
  const channel = await box.channel;
  const pinged = new Promise<void>((resolve) => {
    channel.onmessage = ({ data }) => {
      if (decodeFrame(data).type === "PING") resolve();
    };
  });
  const session = await opening;
  await pinged;
  await becomes(session, "interrupted");
  // An answer at last; ICE itself saw nothing amiss.
  channel.onmessage = ({ data }) => {
    if (decodeFrame(data).type === "PING") channel.send(encodeBare("PONG", 0));
  };
  await becomes(session, "open");
  const seen = ["session-made", "offer-sent", "channel-open", "silent", "ice-restart", "restored"];
  assert.deepEqual([...new Set(events)].filter((name) => seen.includes(name)), [
    "session-made",
    "offer-sent",
    "channel-open",
    "silent",
    "ice-restart",
    "restored",
  ]);
  session.close();
});

Deno.test("a session for one file serves it on its first channel", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const opening = connecting(relay, { filePath: "films/a.mp4" });
  const box = await relay.session("box-1");
  await box.answer();
  const session = await opening;
  new ScriptedAgent(await box.channel, 1000).hello("a.mp4");
  const file = await session.file();
  assert.equal(file.name, "a.mp4");
  assert.equal((await new Response(file.read(0)).arrayBuffer()).byteLength, 1000);
  assert.equal(session.bytesReceived, 1000);
  await assert.rejects(session.list(""), { type: "not-found" });
  session.close();
});

Deno.test("a box that says bye before the channel is open refuses, with its reason", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const opening = connecting(relay);
  const box = await relay.session("box-1");
  await box.offered;
  box.link.send("bye", JSON.stringify({ reason: "busy" }));
  await assert.rejects(opening, { type: "refused", reason: "busy" });
});

Deno.test("a box that says bye later ends the session with its reason, and all that is pending", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const opening = connecting(relay);
  const box = await relay.session("box-1");
  await box.answer();
  const session = await opening;
  const listing = session.list("");
  // The reason takes the long way over the relay, the channel's end the short one.
  (await box.channel).close();
  box.link.send("bye", JSON.stringify({ reason: "shutdown" }));
  await assert.rejects(listing, { type: "refused", reason: "shutdown" });
  assert.equal((await session.closed).reason, "shutdown");
});

Deno.test("a channel that closes without a word is a lost connection", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const opening = connecting(relay, { settings: { byeGraceMs: 50 } });
  const box = await relay.session("box-1");
  await box.answer();
  const session = await opening;
  (await box.channel).close();
  assert.equal((await session.closed).type, "connection-lost");
});

Deno.test("an answer that does not come ends in a timeout, and a goodbye", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const opening = connecting(relay, { settings: { connectTimeoutMs: 300 } });
  // Looked at before the session is, lest it counts as unhandled.
  const failed = assert.rejects(opening, { type: "connect-timeout", reason: "no-answer" });
  const box = await relay.session("box-1");
  await failed;
  await box.left;
});

Deno.test("an engine that refuses to be made is told apart from a box that fails", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  class Refused {
    constructor() {
      throw new DOMException("not allowed", "NotAllowedError");
    }
  }
  const opening = connecting(relay, {
    RTCPeerConnection: Refused as unknown as typeof RTCPeerConnection,
  });
  await assert.rejects(opening, { type: "webrtc-missing" });
});

Deno.test("connecting can be given up at any moment", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  await assert.rejects(connecting(relay, { signal: AbortSignal.abort() }), { type: "aborted" });
  const stop = new AbortController();
  const failed = assert.rejects(connecting(relay, { signal: stop.signal }), { type: "aborted" });
  const box = await relay.session("box-1");
  await box.offered;
  stop.abort();
  await failed;
  await box.left;
});

Deno.test("the viewer's candidates follow its offer, and end", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const opening = connecting(relay);
  const box = await relay.session("box-1");
  await box.answer();
  const session = await opening;
  while (box.messages.at(-1)?.type !== "candidate-end") await new Promise((r) => setTimeout(r, 10));
  const types = box.messages.map(({ type }) => type);
  assert.equal(types[0], "offer");
  assert.ok(types.slice(1, -1).every((type) => type === "candidate"));
  session.close();
});

Deno.test("what the relay refuses is told apart", async () => {
  await using relay = new ScriptedRelay();
  await assert.rejects(connecting(relay), { type: "agent-unknown" });
  await assert.rejects(connecting(relay, { token: "wrong" }), { type: "unauthorised" });
  await relay.register("box-1", { online: false });
  await assert.rejects(connecting(relay), { type: "agent-offline" });
  await relay.register("box-2");
  await assert.rejects(connecting(relay), { type: "several-agents" });
  await assert.rejects(connecting(relay, { agentId: "box-3" }), { type: "agent-unknown" });
});

Deno.test("a relay that is not there, or is none, is unreachable", async () => {
  const base = { token: "t", RTCPeerConnection: Engine };
  await assert.rejects(
    connect({ ...base, relay: "http://127.0.0.1:9" }),
    (error) => error instanceof PlayerError && error.type === "relay-unreachable",
  );
  await using server = Deno.serve({ port: 0, onListen() {} }, () => new Response("<html>hello"));
  const relay = `http://127.0.0.1:${server.addr.port}/`;
  await assert.rejects(connect({ ...base, relay }), { type: "relay-unreachable" });
});
