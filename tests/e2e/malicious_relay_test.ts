/// <reference lib="dom" />
/**
 * A relay that is against both sides, between the program and the client library: whatever it changes, repeats,
 * keeps back or makes up is refused, or does no harm.
 */
import assert from "node:assert/strict";
import { connect, type ConnectOptions, PlayerError, type Session } from "../../src/player/client/mod.ts";
import { type AnswerIdentity, signAnswer } from "../../src/trust/answer_identity.ts";
import { fromBase64Url, toBase64Url } from "../../src/trust/base64url.ts";
import { BoxKey } from "../../src/trust/box_key.ts";
import { formatGrant, newGrant } from "../../src/trust/grant.ts";
import { type OfferProof, proveOffer } from "../../src/trust/offer_proof.ts";
import { Engine } from "../player/support/engines.ts";
import { KeyedBox, WHOLE } from "../support/boxes_with_keys.ts";
import { type Change, MaliciousRelay, type Said } from "../support/malicious_relay.ts";
import { seeded } from "../support/seeded.ts";
import { patterned } from "../support/temp_dir.ts";
import { through, UdpForwarder } from "../support/udp_forwarder.ts";
import { within } from "../support/within.ts";
import { fingerprint } from "../trust/support.ts";
import { FULL } from "../support/extent.ts";

/** For what happens at once, on a machine that is busy otherwise, in milliseconds. */
const SOON_MS = 60_000;

/** Sessions whose messages are lost, repeated and exchanged at random. */
const SEEDS = FULL ? 40 : 4;

const FILE = patterned(100_000);

interface Description {
  readonly type: string;
  readonly sdp: string;
  readonly proof?: OfferProof;
  readonly identity?: AnswerIdentity;
}

/** The relay, a box that has a key, and one that has another. */
class Stage implements AsyncDisposable {
  private constructor(
    readonly relay: MaliciousRelay,
    readonly box: KeyedBox,
    readonly other: KeyedBox | undefined,
  ) {}

  static async start(withOther = false): Promise<Stage> {
    const relay = new MaliciousRelay();
    const box = await KeyedBox.start(relay, "box");
    await box.share.put("a.bin", FILE);
    await box.share.put("films/b.bin", FILE.slice(1));
    const other = withOther ? await KeyedBox.start(relay, "other") : undefined;
    return new Stage(relay, box, other);
  }

  /** A viewer with a link of the box. */
  connect(options: Partial<ConnectOptions> = {}): Promise<Session> {
    const { box, relay } = this;
    const opening = connect({
      ...relay.access,
      agentId: box.agentId,
      trust: box.link(),
      RTCPeerConnection: Engine,
      ...options,
    });
    return within(SOON_MS, "the end of an attempt", opening);
  }

  /** What was said in the session that was made last. */
  get said(): Said[] {
    const { sessionId } = this.relay.heard.findLast(({ type }) => type === "offer")!;
    return this.relay.heard.filter((said) => said.sessionId === sessionId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.other?.[Symbol.asyncDispose]();
    await this.box[Symbol.asyncDispose]();
    await this.relay[Symbol.asyncDispose]();
  }
}

async function readsAll(session: Session): Promise<void> {
  const file = await session.open("a.bin");
  const bytes = new Uint8Array(await new Response(file.read(0)).arrayBuffer());
  assert.deepEqual(bytes, FILE);
}

function parse({ payload }: Said): Description {
  return JSON.parse(payload);
}

/** Changes descriptions of one type, and lets all else pass. */
function changing(type: "offer" | "answer", change: (description: Description) => Description): Change {
  return (said) => {
    if (said.type !== type) return [said];
    const before = parse(said);
    const after = change(before);
    assert.notDeepEqual(after, before, "an attack that changes nothing is none");
    return [{ ...said, payload: JSON.stringify(after) }];
  };
}

const FINGERPRINT = /^a=fingerprint:.*$/gm;
const EVIL_FINGERPRINT = `a=fingerprint:sha-256 ${fingerprint(0xee)}`;
const mallory = new BoxKey(new Uint8Array(32).fill(66));

function withSdp(description: Description, from: RegExp, to: string): Description {
  return { ...description, sdp: description.sdp.replaceAll(from, to) };
}

function without(description: Description, part: "proof" | "identity"): Description {
  const { [part]: _, ...rest } = description;
  return rest as Description;
}

const offers: Record<string, { change: (offer: Description) => Description; reason: string }> = {
  "another certificate's fingerprint": {
    change: (offer) => withSdp(offer, FINGERPRINT, EVIL_FINGERPRINT),
    reason: "wrong",
  },
  "one more fingerprint": {
    change: (offer) => ({ ...offer, sdp: `${offer.sdp}${EVIL_FINGERPRINT}\r\n` }),
    reason: "wrong",
  },
  "a fingerprint that only some would read": {
    change: (offer) => ({ ...offer, sdp: `${offer.sdp} ${EVIL_FINGERPRINT}\r\n` }),
    reason: "wrong",
  },
  "another ICE user name": {
    change: (offer) => withSdp(offer, /^a=ice-ufrag:.*$/gm, "a=ice-ufrag:evil"),
    reason: "wrong",
  },
  "no proof": { change: (offer) => without(offer, "proof"), reason: "missing" },
  "a proof of nothing": {
    change: (offer) => ({ ...offer, proof: {} as OfferProof }),
    reason: "missing",
  },
  "a grant of wider scope": {
    change: (offer) => ({ ...offer, proof: { ...offer.proof!, grant: formatGrant(newGrant(WHOLE)) } }),
    reason: "wrong",
  },
  "a later time": {
    change: (offer) => ({ ...offer, proof: { ...offer.proof!, time: offer.proof!.time + 1 } }),
    reason: "wrong",
  },
  "a time of next year": {
    change: (offer) => ({ ...offer, proof: { ...offer.proof!, time: offer.proof!.time + 31_536_000_000 } }),
    reason: "wrong",
  },
  "a guessed MAC": {
    change: (offer) => ({ ...offer, proof: { ...offer.proof!, mac: toBase64Url(new Uint8Array(32)) } }),
    reason: "wrong",
  },
};

Deno.test("malicious relay: an offer that was changed on its way opens no session", async (t) => {
  await using stage = await Stage.start();
  const { relay, box } = stage;
  const trust = box.link({ path: "films", kind: "folder", list: true });
  for (const [what, { change, reason }] of Object.entries(offers)) {
    await t.step(what, async () => {
      relay.change = changing("offer", change);
      await assert.rejects(stage.connect({ trust }), { type: "not-authorised", reason });
      assert.ok(!stage.said.some(({ type }) => type === "answer"));
    });
  }
});

const answers: Record<string, { change: (answer: Description) => Description; reason: string }> = {
  "another certificate's fingerprint": {
    change: (answer) => withSdp(answer, FINGERPRINT, EVIL_FINGERPRINT),
    reason: "wrong",
  },
  "one more fingerprint": {
    change: (answer) => ({ ...answer, sdp: `${answer.sdp}${EVIL_FINGERPRINT}\r\n` }),
    reason: "wrong",
  },
  "another ICE user name": {
    change: (answer) => withSdp(answer, /^a=ice-ufrag:.*$/gm, "a=ice-ufrag:evil"),
    reason: "wrong",
  },
  "no identity": { change: (answer) => without(answer, "identity"), reason: "missing" },
  "an identity of nothing": {
    change: (answer) => ({ ...answer, identity: {} as AnswerIdentity }),
    reason: "missing",
  },
  "the attacker's key": {
    change: (answer) => ({
      ...answer,
      identity: { ...answer.identity!, key: toBase64Url(mallory.publicKey) },
    }),
    reason: "wrong",
  },
  "a later time": {
    change: (answer) => ({ ...answer, identity: { ...answer.identity!, time: answer.identity!.time + 1 } }),
    reason: "wrong",
  },
  "a guessed signature": {
    change: (answer) => ({
      ...answer,
      identity: { ...answer.identity!, signature: toBase64Url(new Uint8Array(64)) },
    }),
    reason: "wrong",
  },
};

Deno.test("malicious relay: an answer that was changed on its way is not applied", async (t) => {
  await using stage = await Stage.start();
  for (const [what, { change, reason }] of Object.entries(answers)) {
    await t.step(what, async () => {
      stage.relay.change = changing("answer", change);
      await assert.rejects(stage.connect(), { type: "not-trusted", reason });
    });
  }
  await t.step("and an honest relay is one that works", async () => {
    stage.relay.change = (said) => [said];
    const session = await stage.connect();
    await readsAll(session);
    session.close();
  });
});

/** A peer of the relay's own, which does all that a peer can but to have another's certificate. */
class Impostor implements Disposable {
  readonly connection = new Engine();
  /** Whether it ever was connected to anybody. */
  connected = false;

  constructor() {
    this.connection.onconnectionstatechange = () => {
      if (this.connection.connectionState === "connected") this.connected = true;
    };
  }

  /** An answer to somebody's offer. */
  async answer(offer: string): Promise<string> {
    await this.connection.setRemoteDescription({ type: "offer", sdp: offer });
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    return await this.gathered();
  }

  /** An offer with a channel for a library. */
  async offer(): Promise<string> {
    this.connection.createDataChannel("unarr-library");
    await this.connection.setLocalDescription(await this.connection.createOffer());
    return await this.gathered();
  }

  /** The description with its candidates in it. */
  async gathered(): Promise<string> {
    while (this.connection.iceGatheringState !== "complete") {
      await new Promise((resolve) =>
        this.connection.addEventListener("icegatheringstatechange", resolve, { once: true })
      );
    }
    return this.connection.localDescription!.sdp;
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}

/** How an impostor says whose its answer is. */
const claims: Record<
  string,
  (
    exchange: { sessionId: string; offer: string; answer: string },
    box: AnswerIdentity,
  ) => AnswerIdentity | undefined
> = {
  "with no identity": () => undefined,
  "with a key of its own": (exchange) => signAnswer(mallory, exchange, Date.now()),
  "with the box's key over its own signature": (exchange, { key }) => ({
    ...signAnswer(mallory, exchange, Date.now()),
    key,
  }),
  "with what the box has signed for its own answer": (_, identity) => identity,
};

Deno.test("malicious relay: in the box's place it reaches no viewer", async (t) => {
  await using stage = await Stage.start();
  const { relay } = stage;
  for (const [how, claim] of Object.entries(claims)) {
    await t.step(how, async () => {
      using impostor = new Impostor();
      relay.change = async (said, sessionId) => {
        // The box answers the viewer's own offer; nothing but that answer is the impostor's.
        if (said.type === "candidate" && said.from === "agent") return [];
        if (said.type !== "answer") return [said];
        const offer = parse(stage.said.find(({ type }) => type === "offer")!).sdp;
        const sdp = await impostor.answer(offer);
        const identity = claim({ sessionId, offer, answer: sdp }, parse(said).identity!);
        return [{ ...said, payload: JSON.stringify({ type: "answer", sdp, identity }) }];
      };
      await assert.rejects(stage.connect(), { type: "not-trusted" });
      assert.equal(impostor.connected, false);
    });
  }
});

Deno.test("malicious relay: in a viewer's place it reaches no box", async (t) => {
  await using stage = await Stage.start();
  const { relay, box } = stage;
  const session = await stage.connect();
  const overheard = parse(stage.said.find(({ type }) => type === "offer")!);
  session.close();
  const { grant } = overheard.proof!;
  const boxKey = box.key.publicKey;
  /** What of it is there to be had for who hears all and has no link. */
  const proofs: Record<string, (sessionId: string, offer: string) => OfferProof | undefined> = {
    "without a proof": () => undefined,
    "with a proof that it has heard": () => overheard.proof,
    "with a key that it has guessed": (sessionId, offer) =>
      proveOffer({ boxKey, grant, key: new Uint8Array(32) }, { sessionId, offer }, Date.now()),
    "with the box's public key as that of the link": (sessionId, offer) =>
      proveOffer({ boxKey, grant, key: boxKey }, { sessionId, offer }, Date.now()),
    "with a grant of its own making": (sessionId, offer) =>
      proveOffer(
        { boxKey, grant: formatGrant(newGrant(WHOLE)), key: mallory.secret },
        { sessionId, offer },
        Date.now(),
      ),
  };
  for (const [how, prove] of Object.entries(proofs)) {
    await t.step(how, async () => {
      using impostor = new Impostor();
      const sessionId = await relay.openSession(box.agentId);
      const sdp = await impostor.offer();
      const payload = JSON.stringify({ type: "offer", sdp, proof: prove(sessionId, sdp) });
      await relay.say(sessionId, { from: "browser", type: "offer", payload });
      const end = relay.hears((said) => said.sessionId === sessionId && said.from === "agent");
      const said = await within(SOON_MS, "the box's word", end);
      assert.equal(said.type, "bye");
      assert.equal(JSON.parse(said.payload).reason, "not-authorised");
      assert.equal(impostor.connected, false);
    });
  }
});

Deno.test("malicious relay: what was said before opens nothing later", async (t) => {
  await using stage = await Stage.start();
  const { relay, box } = stage;
  const session = await stage.connect();
  await readsAll(session);
  const before = stage.said;
  const { sessionId } = session;
  session.close();
  const offer = before.find(({ type }) => type === "offer")!;
  const answer = before.find(({ type }) => type === "answer")!;
  await within(
    SOON_MS,
    "the viewer's goodbye",
    relay.hears((said) => said.sessionId === sessionId && said.type === "bye"),
  );

  await t.step("the offer, in another session", async () => {
    const id = await relay.openSession(box.agentId);
    await relay.say(id, offer);
    const said = await within(
      SOON_MS,
      "the box's word",
      relay.hears((said) => said.sessionId === id && said.from === "agent"),
    );
    assert.equal(said.type, "bye");
    assert.deepEqual(JSON.parse(said.payload), { reason: "not-authorised", detail: "wrong" });
  });

  await t.step("the offer, in a session that has the same id", async () => {
    const real = await relay.openSession(box.agentId, sessionId);
    await relay.say(real, offer);
    // The box has been told of this one after the other.
    const next = await stage.connect();
    await readsAll(next);
    next.close();
    assert.ok(!relay.heard.some((said) => said.sessionId === real && said.type === "answer"));
    relay.renamed = undefined;
  });

  await t.step("the answer, to another offer of the same viewer", async () => {
    relay.change = (said) => [said.type === "answer" ? answer : said];
    await assert.rejects(stage.connect(), { type: "not-trusted", reason: "wrong" });
    relay.change = (said) => [said];
  });
});

Deno.test("malicious relay: offers that it slips into a session that is open have no answer, and do no harm", async () => {
  await using stage = await Stage.start();
  const { relay } = stage;
  const session = await stage.connect();
  const { sessionId } = session;
  const offer = stage.said.find(({ type }) => type === "offer")!;
  using impostor = new Impostor();
  const sdp = await impostor.offer();
  for (const proof of [undefined, parse(offer).proof]) {
    const payload = JSON.stringify({ type: "offer", sdp, proof });
    await relay.say(sessionId, { from: "browser", type: "offer", payload });
  }
  // To its viewer's own offer the box says once more what it has said; by then it has seen the others.
  const answersOf = () => stage.said.filter(({ type }) => type === "answer");
  const [first] = answersOf();
  const repeated = (async () => {
    while (answersOf().length < 2) {
      await relay.say(sessionId, offer);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  await within(SOON_MS, "the answer once more", repeated);
  for (const said of answersOf()) assert.equal(said.payload, first!.payload);
  await readsAll(session);
  assert.equal(session.state, "open");
  assert.equal(impostor.connected, false);
  session.close();
});

Deno.test("malicious relay: another box's answer is refused, though that box has signed it", async () => {
  await using stage = await Stage.start(true);
  const { relay, box } = stage;
  const other = stage.other!;
  // The relay has a link to the other box, and leads viewers there.
  const link = other.link();
  const [boxKey, key] = [link.boxKey, link.key].map((text) => fromBase64Url(text)!);
  relay.change = (said, sessionId) => {
    if (said.type !== "offer") return [said];
    const offer = parse(said);
    const proof = proveOffer({ boxKey: boxKey!, grant: link.grant, key: key! }, {
      sessionId,
      offer: offer.sdp,
    }, Date.now());
    return [{ ...said, payload: JSON.stringify({ ...offer, proof }) }];
  };
  await assert.rejects(stage.connect({ agentId: other.agentId, trust: box.link() }), {
    type: "not-trusted",
    reason: "wrong",
  });
  const answer = parse(stage.said.find(({ type }) => type === "answer")!);
  assert.equal(answer.identity!.key, link.boxKey);
  // Without such a link the other box itself refuses.
  relay.change = (said) => [said];
  await assert.rejects(stage.connect({ agentId: other.agentId, trust: box.link() }), {
    type: "not-authorised",
    reason: "wrong",
  });
});

/** Holds messages of one side back until one of a type has passed. */
function after(type: string, from: Said["from"], isHeld: (said: Said) => boolean): Change {
  const held: Said[] = [];
  let passed = false;
  return (said) => {
    if (said.from !== from || passed) return [said];
    if (said.type === type) {
      passed = true;
      return [said, ...held];
    }
    if (!isHeld(said)) return [said];
    held.push(said);
    return [];
  };
}

const disorders: Record<string, () => Change> = {
  "everything twice": () => (said) => [said, said],
  "everything five times": () => (said) => Array(5).fill(said),
  "the offer after its candidates": () => after("candidate-end", "browser", ({ type }) => type === "offer"),
  "the answer after its candidates": () => after("candidate-end", "agent", ({ type }) => type === "answer"),
  "without the viewer's candidates": () => (said) =>
    said.from === "browser" && said.type === "candidate" ? [] : [said],
  "without the box's candidates": () => (said) =>
    said.from === "agent" && said.type === "candidate" ? [] : [said],
  "with messages of no known type": () => (said) => [{ ...said, type: "evil" }, said],
  "with candidates of nobody": () => (said) => [
    {
      ...said,
      type: "candidate",
      payload: JSON.stringify({
        candidate: "candidate:1 1 udp 2130706431 192.0.2.66 6666 typ host",
        sdpMid: "0",
        sdpMLineIndex: 0,
      }),
    },
    said,
  ],
};

Deno.test("malicious relay: what comes in disorder, twice or not at all does no harm", async (t) => {
  await using stage = await Stage.start();
  const { relay } = stage;
  for (const [what, make] of Object.entries(disorders)) {
    await t.step(what, async () => {
      relay.change = make();
      const session = await stage.connect();
      await readsAll(session);
      session.close();
    });
  }
  for (const lost of ["offer", "answer"]) {
    await t.step(`without the ${lost} there is no session, and it is said`, async () => {
      relay.change = (said) => said.type === lost ? [] : [said];
      const opening = stage.connect({ settings: { answerTimeoutMs: 1_500 } });
      await assert.rejects(opening, { type: "connect-timeout", reason: "no-answer" });
    });
  }
  for (let seed = 1; seed <= SEEDS; seed++) {
    await t.step(`at random, seed ${seed}`, async () => {
      const random = seeded(seed);
      const held: Said[] = [];
      relay.change = (said) => {
        const draw = random();
        if (draw < 0.15) return [];
        if (draw < 0.4) return [said, said];
        if (draw < 0.6) return (held.push(said), []);
        return [said, ...held.splice(0)];
      };
      let session: Session;
      try {
        session = await stage.connect({ settings: { answerTimeoutMs: 1_500, connectTimeoutMs: 5_000 } });
      } catch (error) {
        return assert.ok(error instanceof PlayerError && error.type !== "protocol", String(error));
      }
      await readsAll(session);
      session.close();
    });
  }
});

Deno.test("malicious relay: who is at the address that it names has no certificate of the box", async () => {
  await using stage = await Stage.start();
  const { relay } = stage;
  using impostor = new Impostor();
  relay.change = async (said) => {
    // Where the two sides are is told to nobody, nor that the box, which nobody comes to, has given up.
    if (said.type === "candidate" || (said.type === "bye" && said.from === "agent")) return [];
    if (said.type !== "answer") return [said];
    const offer = parse(stage.said.find(({ type }) => type === "offer")!).sdp;
    const own = (await answerAs(impostor, offer, parse(said).sdp)).split("\r\n");
    const candidates = own.filter((line) => line.startsWith("a=candidate:"));
    assert.ok(candidates.length > 0);
    return [
      said,
      ...candidates.map((line) => ({
        ...said,
        type: "candidate",
        payload: JSON.stringify({ candidate: line.slice(2), sdpMid: "0", sdpMLineIndex: 0 }),
      })),
    ];
  };
  // Nobody but the impostor is there to answer the viewer's checks, which it can.
  const opening = stage.connect({ settings: { connectTimeoutMs: 8_000 } });
  await assert.rejects(opening, { type: "connect-timeout" });
  assert.equal(impostor.connected, false);
});

/** An impostor's answer under the ICE credentials of somebody else's. */
async function answerAs(impostor: Impostor, offer: string, answer: string): Promise<string> {
  const { connection } = impostor;
  const [ufrag, pwd] = [/^a=ice-ufrag:.*$/m, /^a=ice-pwd:.*$/m].map((line) => line.exec(answer)![0]);
  await connection.setRemoteDescription({ type: "offer", sdp: offer });
  const { sdp } = await connection.createAnswer();
  const changed = sdp!.replace(/^a=ice-ufrag:.*$/m, ufrag!).replace(/^a=ice-pwd:.*$/m, pwd!);
  await connection.setLocalDescription({ type: "answer", sdp: changed });
  return await impostor.gathered();
}

Deno.test("malicious relay: candidates that lead all datagrams through it show it nothing", async () => {
  await using stage = await Stage.start();
  const { relay } = stage;
  const text = new TextEncoder().encode("what nobody else is to read, ".repeat(4_000));
  await stage.box.share.put("secret.txt", text);
  let passed = 0;
  let readable = false;
  using forwarder = UdpForwarder.start({
    onto: (datagram) => {
      passed += datagram.byteLength;
      if (new TextDecoder("latin1").decode(datagram).includes("nobody else")) readable = true;
    },
  });
  const detour = through(forwarder);
  relay.change = async (said) => {
    if (said.type === "offer" || said.type === "answer") {
      const description = parse(said);
      const sdp = said.type === "offer"
        ? detour.offer(description.sdp)
        : await detour.answer(description.sdp);
      return [{ ...said, payload: JSON.stringify({ ...description, sdp }) }];
    }
    if (said.type !== "candidate") return [said];
    if (said.from === "browser") return [];
    const { candidate, ...rest } = JSON.parse(said.payload);
    const changed = await detour.candidate(candidate);
    return changed === undefined
      ? []
      : [{ ...said, payload: JSON.stringify({ ...rest, candidate: changed }) }];
  };
  const session = await stage.connect();
  const file = await session.open("secret.txt");
  assert.deepEqual(new Uint8Array(await new Response(file.read(0)).arrayBuffer()), text);
  assert.ok(passed > text.byteLength, `${passed} bytes passed`);
  assert.equal(readable, false);
  session.close();
});
