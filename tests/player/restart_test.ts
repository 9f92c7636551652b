/// <reference lib="dom" />
import assert from "node:assert/strict";
import { connect, type Session, type Trace } from "../../src/player/client/mod.ts";
import { toBase64Url } from "../../src/trust/base64url.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { formatGrant, linkKey, newGrant } from "../../src/trust/grant.ts";
import { verifyOffer } from "../../src/trust/offer_proof.ts";
import { Engine } from "./support/engines.ts";
import { type ScriptedBox, ScriptedRelay } from "./support/scripted_box.ts";

/** What the network is said to be, and by whom. */
let say: (state: RTCIceConnectionState | undefined) => void;

/** libwebrtc that says what a test wants it to say of its network; all else is real. */
class InterruptedEngine extends Engine {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    let said: RTCIceConnectionState | undefined;
    say = (state) => {
      said = state;
      this.oniceconnectionstatechange?.call(this, new Event("iceconnectionstatechange"));
    };
    // Its states are own properties that cannot be redefined.
    return new Proxy(this, {
      get(target, key) {
        if (key === "iceConnectionState" && said !== undefined) return said;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
  }
}

async function open(
  relay: ScriptedRelay,
  settings: object,
  key?: BoxKey,
  trace: Trace = () => {},
): Promise<{ session: Session; box: ScriptedBox }> {
  await relay.register("box-1");
  const grant = formatGrant(newGrant({ path: "", kind: "folder", list: true }));
  const trust = key &&
    { boxKey: toBase64Url(key.publicKey), grant, key: toBase64Url(linkKey(key, grant)) };
  const opening = connect({ ...relay.access, RTCPeerConnection: InterruptedEngine, settings, trust, trace });
  const box = await relay.session("box-1");
  box.key = key;
  await box.answer();
  return { session: await opening, box };
}

function becomes(session: Session, state: Session["state"]): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (session.state !== state) return;
      session.removeEventListener("statechange", look);
      resolve();
    };
    session.addEventListener("statechange", look);
    look();
  });
}

Deno.test("an interruption is answered by an ICE restart, and the channel lives on", async () => {
  await using relay = new ScriptedRelay();
  const { session, box } = await open(relay, { restartAfterMs: 10 });
  say("disconnected");
  assert.equal(session.state, "interrupted");
  const offers = () => box.messages.filter(({ type }) => type === "offer").map(({ payload }) => payload);
  while (offers().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const [first, second] = offers().map((payload) => /a=ice-ufrag:(\S+)/.exec(JSON.parse(payload).sdp)![1]);
  assert.notEqual(first, second, "with credentials of its own");
  const channel = await box.channel;
  channel.onmessage = ({ data }) =>
    channel.send(JSON.stringify({ id: JSON.parse(data).id, entries: [], cursor: null }));
  const reopened = becomes(session, "open");
  // What libwebrtc itself says from now on counts: it connects anew.
  say(undefined);
  await box.answerAgain();
  await reopened;
  assert.deepEqual((await session.list("")).entries, []);
  session.close();
});

Deno.test("a restart proves its offer anew, and another box's answer to it is not applied", async () => {
  await using relay = new ScriptedRelay();
  const key = new BoxKey(new Uint8Array(32).fill(7));
  const refused = Promise.withResolvers<void>();
  const { session, box } = await open(relay, { restartAfterMs: 10 }, key, (name) => {
    if (name === "answer-refused") refused.resolve();
  });
  say("disconnected");
  const offers = () => box.messages.filter(({ type }) => type === "offer").map(({ payload }) => payload);
  while (offers().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const [first, second] = offers().map((payload) => JSON.parse(payload));
  for (const { sdp, proof } of [first, second]) {
    verifyOffer(key, { sessionId: box.sessionId, offer: sdp }, proof, new Set(), Date.now());
  }
  assert.notEqual(first.proof.mac, second.proof.mac);
  say(undefined);
  box.key = new BoxKey(new Uint8Array(32).fill(8));
  await box.answerAgain();
  await refused.promise;
  assert.notEqual(session.state, "closed", "what is open is the box's");
  const reopened = becomes(session, "open");
  box.key = key;
  await box.answerAgain();
  await reopened;
  session.close();
});

Deno.test("an interruption that passes by itself restarts nothing", async () => {
  await using relay = new ScriptedRelay();
  const { session, box } = await open(relay, { restartAfterMs: 60_000 });
  say("disconnected");
  assert.equal(session.state, "interrupted");
  say(undefined);
  assert.equal(session.state, "open");
  assert.equal(box.messages.filter(({ type }) => type === "offer").length, 1);
  session.close();
});

Deno.test("an interruption that lasts ends the session", async () => {
  await using relay = new ScriptedRelay();
  const { session, box } = await open(relay, { restartAfterMs: 10, interruptedMs: 60 });
  say("disconnected");
  assert.equal((await session.closed).type, "connection-lost");
  await box.left;
});
