/// <reference lib="dom" />
/** What the client library believes: a box that signs, and all that is none. */
import assert from "node:assert/strict";
import { type Exchange, signAnswer } from "../../src/trust/answer_identity.ts";
import { toBase64Url } from "../../src/trust/base64url.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { CLOCK_SKEW_MS } from "../../src/trust/clock.ts";
import { formatGrant, linkKey, newGrant } from "../../src/trust/grant.ts";
import { verifyOffer } from "../../src/trust/offer_proof.ts";
import { AnswerVerifier } from "../../src/player/client/answer_verifier.ts";
import { connect, type LinkTrust, linkTrust, PersistentSession } from "../../src/player/client/mod.ts";
import { TrustedExchange } from "../../src/player/client/trusted_exchange.ts";
import { description, fingerprint, NOW } from "../trust/support.ts";
import { Engine } from "./support/engines.ts";
import { type AnswerSent, type ScriptedBox, ScriptedRelay } from "./support/scripted_box.ts";

const key = new BoxKey(new Uint8Array(32).fill(7));
const other = new BoxKey(new Uint8Array(32).fill(8));
const NONE: ReadonlySet<string> = new Set();

const grant = formatGrant(newGrant({ path: "", kind: "folder", list: true }));
const trust: LinkTrust = {
  boxKey: toBase64Url(key.publicKey),
  grant,
  key: toBase64Url(linkKey(key, grant)),
};

/** What was given to the viewer's engine. */
const applied: string[] = [];

class WatchedEngine extends Engine {
  override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    applied.push("answer");
    return super.setRemoteDescription(description);
  }

  override addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
    applied.push("candidate");
    return super.addIceCandidate(candidate ?? undefined);
  }
}

async function connecting(relay: ScriptedRelay, prepare: (box: ScriptedBox) => void, given = trust) {
  await relay.register("box-1");
  applied.splice(0);
  const events: string[] = [];
  const opening = connect({
    ...relay.access,
    RTCPeerConnection: WatchedEngine,
    trust: given,
    trace: (name, detail) => events.push(detail === undefined ? name : `${name} ${detail}`),
  });
  // Looked at later; the box is made first.
  opening.catch(() => {});
  const box = await relay.session("box-1");
  prepare(box);
  return { opening, box, events };
}

Deno.test("trust: a box that signs is believed, and has a proof from the viewer", async () => {
  await using relay = new ScriptedRelay();
  const { opening, box } = await connecting(relay, (box) => box.key = key);
  await box.answer();
  const session = await opening;
  const { sdp, proof } = JSON.parse((await box.offered).payload);
  const { sessionId } = session;
  assert.equal(sessionId, box.sessionId);
  assert.equal(verifyOffer(key, { sessionId, offer: sdp }, proof, NONE, Date.now()).path, "");
  assert.equal(applied[0], "answer");
  session.close();
});

Deno.test("trust: a link without a grant proves nothing, and verifies all the same", async () => {
  await using relay = new ScriptedRelay();
  const boxKey = toBase64Url(key.publicKey);
  const { opening, box } = await connecting(relay, (box) => box.key = key, { boxKey });
  await box.answer();
  (await opening).close();
  assert.equal(JSON.parse((await box.offered).payload).proof, undefined);
});

/** Another certificate's fingerprint in place of the box's. */
function otherFingerprint(sdp: string): string {
  const changed = sdp.replaceAll(
    /^a=fingerprint:sha-256 .*$/gm,
    `a=fingerprint:sha-256 ${fingerprint(0xee)}`,
  );
  assert.notEqual(changed, sdp);
  return changed;
}

const refusals: Record<string, { prepare: (box: ScriptedBox) => void; reason: string }> = {
  "of a box without a key": { prepare: () => {}, reason: "missing" },
  "without its identity": {
    prepare: (box) => {
      box.key = key;
      box.change = ({ type, sdp }) => ({ type, sdp });
    },
    reason: "missing",
  },
  "of another box": { prepare: (box) => box.key = other, reason: "wrong" },
  "of another box under the box's key": {
    prepare: (box) => {
      box.key = other;
      box.change = (answer) => ({
        ...answer,
        identity: { ...answer.identity as object, key: toBase64Url(key.publicKey) },
      });
    },
    reason: "wrong",
  },
  "with another fingerprint": {
    prepare: (box) => {
      box.key = key;
      box.change = (answer) => ({ ...answer, sdp: otherFingerprint(answer.sdp) });
    },
    reason: "wrong",
  },
  "with one more fingerprint": {
    prepare: (box) => {
      box.key = key;
      box.change = (answer) => ({
        ...answer,
        sdp: `${answer.sdp}a=fingerprint:sha-256 ${fingerprint(1)}\r\n`,
      });
    },
    reason: "wrong",
  },
  "of a clock that is ahead": {
    prepare: (box) => {
      box.key = key;
      box.ahead = CLOCK_SKEW_MS + 60_000;
    },
    reason: "clock",
  },
};

for (const [what, { prepare, reason }] of Object.entries(refusals)) {
  Deno.test(`trust: an answer ${what} is refused before it is applied`, async () => {
    await using relay = new ScriptedRelay();
    const { opening, box, events } = await connecting(relay, prepare);
    await box.answer();
    await assert.rejects(opening, { name: "PlayerError", type: "not-trusted", reason });
    await box.left;
    assert.ok(events.includes(`answer-refused ${reason}`), events.join());
    assert.deepEqual(applied, []);
  });
}

Deno.test("trust: an answer to another session of the same viewer is refused", async () => {
  await using relay = new ScriptedRelay();
  const answers: AnswerSent[] = [];
  const first = await connecting(relay, (box) => {
    box.key = key;
    box.change = (answer) => (answers.push(answer), answer);
  });
  await first.box.answer();
  (await first.opening).close();
  const second = await connecting(relay, (box) => {
    box.key = key;
    box.change = () => answers[0]!;
  });
  await second.box.answer();
  await assert.rejects(second.opening, { type: "not-trusted", reason: "wrong" });
});

Deno.test("trust: a box whose clock is nearly right is believed", async () => {
  await using relay = new ScriptedRelay();
  const { opening, box } = await connecting(relay, (box) => {
    box.key = key;
    box.ahead = 60_000 - CLOCK_SKEW_MS;
  });
  await box.answer();
  (await opening).close();
});

Deno.test("trust: a session is made no second time where the box is not believed", async () => {
  await using relay = new ScriptedRelay();
  await relay.register("box-1");
  const session = new PersistentSession({ ...relay.access, RTCPeerConnection: Engine, trust, patient: true });
  const kinds: string[] = [];
  const failed = new Promise<void>((resolve) =>
    session.addEventListener("statechange", () => {
      kinds.push(session.state.kind);
      if (session.state.kind === "failed") resolve();
    })
  );
  session.retry();
  const box = await relay.session("box-1");
  box.key = other;
  await box.answer();
  await failed;
  assert.ok(session.state.kind === "failed" && session.state.error.type === "not-trusted");
  assert.ok(!kinds.includes("waiting"));
  // By hand it is tried again, and verified again.
  const opened = session.session();
  session.retry();
  const again = await relay.session("box-1");
  again.key = key;
  await again.answer();
  assert.equal((await opened).state, "open");
  session.close();
});

for (
  const [detail, sentence] of [["expired", /over/], ["revoked", /taken/], ["clock", /clocks/], [
    "?",
    /know/,
  ]] as const
) {
  Deno.test(`trust: a link that the box refuses as "${detail}" is told why`, async () => {
    await using relay = new ScriptedRelay();
    const { opening, box } = await connecting(relay, () => {});
    await box.offered;
    box.link.send("bye", JSON.stringify({ reason: "not-authorised", detail }));
    await assert.rejects(opening, {
      type: "not-authorised",
      reason: detail === "?" ? "wrong" : detail,
      message: sentence,
    });
  });
}

Deno.test("trust: a link that is not whole is refused before anybody is asked", async () => {
  const broken: [LinkTrust, string][] = [
    [{ ...trust, boxKey: "" }, "box"],
    [{ ...trust, boxKey: trust.boxKey.slice(1) }, "box"],
    [{ ...trust, boxKey: `${trust.boxKey}*` }, "box"],
    [{ boxKey: trust.boxKey, key: trust.key }, "grant"],
    [{ ...trust, grant: grant.slice(0, -3) }, "grant"],
    [{ ...trust, grant: "" }, "grant"],
    [{ boxKey: trust.boxKey, grant }, "key"],
    [{ ...trust, key: "AAAA" }, "key"],
  ];
  for (const [given, reason] of broken) {
    const opening = connect({
      relay: "http://127.0.0.1:1",
      token: "t",
      RTCPeerConnection: Engine,
      trust: given,
    });
    await assert.rejects(opening, { type: "bad-link", reason }, JSON.stringify(given));
  }
});

Deno.test("trust: a link's fields are read, and none of them is left out in silence", () => {
  const read = (text: string) => linkTrust(new URLSearchParams(text));
  assert.equal(read("token=t&path=x"), undefined);
  assert.deepEqual(read("box=a&grant=b&key=c"), { boxKey: "a", grant: "b", key: "c" });
  assert.deepEqual(read("box=a"), { boxKey: "a", grant: undefined, key: undefined });
  assert.deepEqual(read("grant=b&key=c"), { boxKey: "", grant: "b", key: "c" });
  assert.deepEqual(read("box="), { boxKey: "", grant: undefined, key: undefined });
  assert.equal(read("box=a&box=b")!.boxKey, "a b");
});

Deno.test("trust: a later offer is proven for a later time, even where the clock was put back", () => {
  const keys = { boxKey: Uint8Array.from(key.publicKey), link: { grant, key: linkKey(key, grant) } };
  const exchange = new TrustedExchange(keys);
  const offer = description(fingerprint(0xa1), "offU");
  const times = [NOW, NOW, NOW - 3_600_000, NOW + 5].map((now) => exchange.prove("s", offer, now)!.time);
  assert.deepEqual(times, [NOW, NOW + 1, NOW + 2, NOW + 5]);
  assert.equal(new TrustedExchange({ ...keys, link: undefined }).prove("s", offer, NOW), undefined);
});

Deno.test("trust: with WebCrypto and without, the same answers are believed", async () => {
  const offer = description(fingerprint(0xa1), "offU");
  const answer = description(fingerprint(0xb2), "ansU");
  const exchange: Exchange = { sessionId: "session-1", offer, answer };
  const identity = signAnswer(key, exchange, NOW);
  const boxKey = Uint8Array.from(key.publicKey);
  const old = { importKey: () => Promise.reject(new DOMException("unknown", "NotSupportedError")) };
  const kinds = { "WebCrypto": crypto.subtle, "older": old as unknown as SubtleCrypto };
  for (const [name, subtle] of Object.entries(kinds)) {
    const verifier = new AnswerVerifier(boxKey, subtle);
    await verifier.verify(exchange, identity, NOW);
    const changed = { ...exchange, sessionId: "session-2" };
    await assert.rejects(verifier.verify(changed, identity, NOW), { failure: "wrong" }, name);
    const forged = { ...identity, signature: toBase64Url(new Uint8Array(64).fill(255)) };
    await assert.rejects(verifier.verify(exchange, forged, NOW), { failure: "wrong" }, name);
    await assert.rejects(verifier.verify(exchange, identity, NOW + 3_600_000), { failure: "clock" }, name);
    await assert.rejects(verifier.verify(exchange, undefined, NOW), { failure: "missing" }, name);
  }
});
