import assert from "node:assert/strict";
import fc from "fast-check";
import { type Exchange, signAnswer, verifyAnswer } from "../../src/trust/answer_identity.ts";
import { fromBase64Url, toBase64Url } from "../../src/trust/base64url.ts";
import { BoxKey, parseBoxKey } from "../../src/trust/box_key.ts";
import { CLOCK_SKEW_MS } from "../../src/trust/clock.ts";
import { formatGrant, type Grant, linkKey, newGrant, parseGrant } from "../../src/trust/grant.ts";
import { type LinkSecrets, proveOffer, verifyOffer } from "../../src/trust/offer_proof.ts";
import { mayList, mayRead, scopeOf } from "../../src/trust/scope.ts";
import { descriptionFacts, transcript } from "../../src/trust/transcript.ts";
import { TrustError, type TrustFailure } from "../../src/trust/trust_error.ts";
import { description, fingerprint, NOW } from "./support.ts";

const box = new BoxKey(new Uint8Array(32).fill(7));
const other = new BoxKey(new Uint8Array(32).fill(8));
const offer = description(fingerprint(0xa1), "offU");
const answer = description(fingerprint(0xb2), "ansU");
const exchange: Exchange = { sessionId: "session-1", offer, answer };
const NONE: ReadonlySet<string> = new Set();

function fails(failure: TrustFailure, run: () => void): void {
  assert.throws(run, (error) => error instanceof TrustError && error.failure === failure);
}

/** A link to `grant`, as its holder knows it. */
function link(grant: Grant): LinkSecrets {
  const text = formatGrant(grant);
  return { boxKey: box.publicKey, grant: text, key: linkKey(box, text) };
}

const whole = newGrant({ path: "", kind: "folder", list: true });

Deno.test("trust: an answer of the box is believed", () => {
  verifyAnswer(box.publicKey, exchange, signAnswer(box, exchange, NOW), NOW);
  // As it comes out of JSON, with fields of later versions.
  const identity = { ...JSON.parse(JSON.stringify(signAnswer(box, exchange, NOW))), later: true };
  verifyAnswer(box.publicKey, exchange, identity, NOW + CLOCK_SKEW_MS);
});

Deno.test("trust: an answer that was changed, or is of another box or session, is not believed", () => {
  const identity = signAnswer(box, exchange, NOW);
  const check = (change: Partial<Exchange>) =>
    fails("wrong", () => verifyAnswer(box.publicKey, { ...exchange, ...change }, identity, NOW));
  check({ sessionId: "session-2" });
  check({ offer: description(fingerprint(0xa2), "offU") });
  check({ offer: description(fingerprint(0xa1), "offV") });
  check({ answer: description(fingerprint(0xb3), "ansU") });
  check({ answer: description(fingerprint(0xb2), "ansV") });
  // Offer and answer in each other's place.
  check({ offer: answer, answer: offer });
  check({ answer: description(fingerprint(0xb2), "ansU", `a=fingerprint:sha-256 ${fingerprint(1)}`) });
  fails("wrong", () => verifyAnswer(other.publicKey, exchange, identity, NOW));
  const forged = signAnswer(other, exchange, NOW);
  fails("wrong", () => verifyAnswer(box.publicKey, exchange, forged, NOW));
  fails("wrong", () => verifyAnswer(box.publicKey, exchange, { ...forged, key: identity.key }, NOW));
  fails("wrong", () => verifyAnswer(box.publicKey, exchange, { ...identity, time: NOW + 1 }, NOW));
  fails("wrong", () => verifyAnswer(box.publicKey, exchange, { ...identity, signature: "AAAA" }, NOW));
});

Deno.test("trust: an answer without an identity, or with a broken one, is not believed", () => {
  const identity = signAnswer(box, exchange, NOW);
  const broken = [undefined, null, "", 1, [], {}, { key: identity.key }, { ...identity, time: "now" }, {
    ...identity,
    time: -1,
  }, { ...identity, key: "k".repeat(65) }];
  for (const value of broken) fails("missing", () => verifyAnswer(box.publicKey, exchange, value, NOW));
});

Deno.test("trust: clocks may be 10 minutes apart", () => {
  const identity = signAnswer(box, exchange, NOW);
  for (const apart of [-CLOCK_SKEW_MS, CLOCK_SKEW_MS]) {
    verifyAnswer(box.publicKey, exchange, identity, NOW + apart);
    fails("clock", () => verifyAnswer(box.publicKey, exchange, identity, NOW + apart + Math.sign(apart)));
  }
});

Deno.test("trust: whoever has a link can prove it, and the box knows what it allows", () => {
  const grant = newGrant({ path: "films/Käse", kind: "folder", list: true, exp: NOW / 1_000 + 60 });
  const proof = proveOffer(link(grant), exchange, NOW);
  assert.deepEqual(verifyOffer(box, exchange, JSON.parse(JSON.stringify(proof)), NONE, NOW), grant);
});

Deno.test("trust: a proof is good for its grant, box, session and offer alone", () => {
  const proof = proveOffer(link(whole), exchange, NOW);
  fails("wrong", () => verifyOffer(other, exchange, proof, NONE, NOW));
  fails("wrong", () => verifyOffer(box, { ...exchange, sessionId: "session-2" }, proof, NONE, NOW));
  const swapped = description(fingerprint(0xee), "offU");
  fails("wrong", () => verifyOffer(box, { ...exchange, offer: swapped }, proof, NONE, NOW));
  fails("wrong", () => verifyOffer(box, exchange, { ...proof, time: NOW - 1 }, NONE, NOW));
  // A larger grant in place of the small one that was given.
  const film = newGrant({ path: "films/a.mp4", kind: "file", list: false });
  const small = proveOffer(link(film), exchange, NOW);
  fails("wrong", () => verifyOffer(box, exchange, { ...small, grant: formatGrant(whole) }, NONE, NOW));
  // Who knows the grant, as the relay does, and no key.
  const text = formatGrant(film);
  const guess = proveOffer({ boxKey: box.publicKey, grant: text, key: new Uint8Array(32) }, exchange, NOW);
  fails("wrong", () => verifyOffer(box, exchange, guess, NONE, NOW));
  for (const none of [undefined, null, {}, { ...proof, grant: "x".repeat(10_000) }]) {
    fails("missing", () => verifyOffer(box, exchange, none, NONE, NOW));
  }
  fails("wrong", () => verifyOffer(box, exchange, { ...proof, mac: "*" }, NONE, NOW));
});

Deno.test("trust: a link is good between its times, and until it is taken back", () => {
  const grant = newGrant({ path: "", kind: "folder", list: true, nbf: NOW / 1_000, exp: NOW / 1_000 + 60 });
  const at = (now: number, revoked = NONE) =>
    verifyOffer(box, exchange, proveOffer(link(grant), exchange, now), revoked, now);
  at(NOW);
  at(NOW + 59_999);
  fails("not-yet", () => at(NOW - 1));
  fails("expired", () => at(NOW + 60_000));
  fails("revoked", () => at(NOW, new Set([grant.id])));
});

Deno.test("trust: a description that could be read in two ways is not believed", () => {
  const unclear = [
    description(fingerprint(1), "u", `a=fingerprint:sha-256  ${fingerprint(2)}`),
    description(fingerprint(1), "u", ` a=fingerprint:sha-256 ${fingerprint(2)}`),
    description(fingerprint(1), "u", `A=FINGERPRINT:sha-256 ${fingerprint(2)}`),
    description(fingerprint(1), "u", `s=x\ra=fingerprint:sha-256 ${fingerprint(2)}`),
    description(fingerprint(1), "u", "a=ice-ufrag: v"),
    description(fingerprint(1), "u", "a=ICE-ufrag:v"),
    "v=0\r\n",
  ];
  for (const sdp of unclear) fails("wrong", () => descriptionFacts(sdp));
  const { fingerprints, ufrags } = descriptionFacts(description(fingerprint(0xab), "u").toLowerCase());
  assert.deepEqual(fingerprints, descriptionFacts(description(fingerprint(0xab), "u")).fingerprints);
  assert.equal(ufrags, "u");
});

Deno.test("trust: no two lists of fields have the same transcript", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 4 }), fc.array(fc.string(), { maxLength: 4 }), (a, b) => {
      const same = a.length === b.length && a.every((field, i) => field === b[i]);
      const [x, y] = [transcript("d", ...a), transcript("d", ...b)].map(toBase64Url);
      // Lone surrogates all become U+FFFD; no field of ours has one.
      return same === (x === y) || [...a, ...b].some((field) => !field.isWellFormed());
    }),
    { seed: 6, numRuns: 2_000 },
  );
  assert.notDeepEqual(transcript("a", "b"), transcript("b", "a"));
});

Deno.test("trust: base64url has one form for each value", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.deepEqual(fromBase64Url(toBase64Url(bytes)), bytes);
    }),
    { seed: 6 },
  );
  for (const text of ["A", "AB", "AAB", "AA==", "A+", "A/", "A A", "é"]) {
    const bytes = fromBase64Url(text);
    assert.ok(bytes === undefined || toBase64Url(bytes) === text, text);
  }
  assert.equal(fromBase64Url("AB"), undefined);
});

Deno.test("trust: grants and identities are read as they were written, and nothing else is", () => {
  assert.deepEqual(parseGrant(formatGrant(whole)), whole);
  const text = (value: unknown) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)));
  const wrong = [
    "",
    "x",
    text(null),
    text({}),
    text({ ...whole, v: 2 }),
    text({ ...whole, kind: "disk" }),
    text({
      ...whole,
      id: "short",
    }),
    text({ ...whole, exp: 1.5 }),
    text({ ...whole, path: 1 }),
    toBase64Url(new Uint8Array([0xff, 0xfe])),
  ];
  for (const one of wrong) assert.equal(parseGrant(one), undefined, one);

  const line = box.format();
  assert.deepEqual(parseBoxKey(`${line}\n`)?.publicKey, box.publicKey);
  for (const one of ["", "unarr-identity-1:", `${line}A`, line.slice(0, -1), line.replace("1:", "2:")]) {
    assert.equal(parseBoxKey(one), undefined, one);
  }
});

Deno.test("trust: a scope holds what is below it, and nothing beside it", () => {
  const folder = scopeOf(newGrant({ path: "films/Alien", kind: "folder", list: true }));
  for (const path of ["films/Alien", "films/Alien/a.mkv", "films//Alien/a.mkv", "films/Alien/deep/b.srt"]) {
    assert.ok(mayRead(folder, path), path);
  }
  const outside = [
    "",
    "films",
    "films/Aliens/a.mkv",
    "films/Alien/../b.mkv",
    "films/Alien/./a.mkv",
    "/media/films/Alien/a.mkv",
    "films/alien/a.mkv",
    "C:/films/Alien",
    "\\films\\Alien",
  ];
  for (const path of outside) assert.ok(!mayRead(folder, path), path);
  assert.ok(mayList(folder, "films/Alien/deep"));
  assert.ok(!mayList(folder, "films"));

  const file = scopeOf(newGrant({ path: "films/a.mp4", kind: "file", list: true }));
  assert.ok(mayRead(file, "films/a.mp4"));
  assert.ok(!mayRead(file, "films/a.mp4/b"));
  assert.ok(!mayList(file, "films/a.mp4"));
  assert.ok(mayRead(scopeOf(whole), "/media/films/a.mp4"));
  assert.ok(!mayList(scopeOf(newGrant({ path: "", kind: "folder", list: false })), ""));
});
