import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, createHmac, createPublicKey, hkdfSync, verify } from "node:crypto";
import { linkAt } from "../../src/daemon/link.ts";
import { type Exchange, signAnswer, verifyAnswer } from "../../src/trust/answer_identity.ts";
import { toBase64Url } from "../../src/trust/base64url.ts";
import { parseBoxKey } from "../../src/trust/box_key.ts";
import { formatGrant, type Grant, linkKey, parseGrant } from "../../src/trust/grant.ts";
import { linkFields } from "../../src/trust/link_fields.ts";
import { NativeBoxKey } from "../../src/trust/native_box_key.ts";
import { proveOffer, verifyOffer } from "../../src/trust/offer_proof.ts";
import { ownerGrant } from "../../src/trust/owner_grant.ts";
import { TrustError } from "../../src/trust/trust_error.ts";
import vectors from "./vectors.json" with { type: "json" };

const box = parseBoxKey(vectors.box.identity)!;
const [lent, owner] = vectors.grants as [typeof vectors.grants[0], typeof vectors.grants[0]];
const exchange: Exchange = vectors.session;
const { proof } = vectors.offer;
const { identity } = vectors.answer;

/** Fields as docs/protocol.md has them, written a second time: each behind its length. */
function bytesOf(...fields: readonly (string | Buffer | number)[]): Buffer {
  return Buffer.concat(fields.flatMap((field) => {
    const bytes = typeof field === "number" ? eightBytes(field) : Buffer.from(field as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    return [length, bytes];
  }));
}

function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function fingerprintOf(sdp: string): Buffer {
  const [, value] = /^a=fingerprint:(.*)\r$/m.exec(sdp)!;
  return createHash("sha256").update(value!).digest();
}

const [offered, answered] = [exchange.offer, exchange.answer].map(fingerprintOf) as [Buffer, Buffer];
const { offer: { ufrags: offerUfrag }, answer: { ufrags: answerUfrag } } = vectors.descriptions;
const publicKey = Buffer.from(vectors.box.publicKey, "base64url");

Deno.test("vectors: the program makes what they say", async () => {
  assert.equal(Buffer.from(box.secret).toString("hex"), vectors.box.secret);
  assert.equal(box.format(), vectors.box.identity);
  assert.deepEqual(await ownerGrant(box.publicKey), owner.grant);
  for (const { grant, text, key } of vectors.grants) {
    assert.equal(formatGrant(grant as Grant), text);
    assert.deepEqual(await linkFields(box.secret, grant as Grant), {
      box: vectors.box.publicKey,
      grant: text,
      key,
    });
    assert.equal(toBase64Url(linkKey(box, text)), key);
  }
  const native = new NativeBoxKey(box.secret);
  assert.deepEqual([native.publicKey, native.format()], [box.publicKey, box.format()]);
  assert.deepEqual(signAnswer(native, exchange, vectors.answer.time), identity);
  const secrets = { boxKey: box.publicKey, grant: lent.text, key: Buffer.from(lent.key, "base64url") };
  assert.deepEqual(proveOffer(secrets, exchange, vectors.offer.time), proof);
  assert.deepEqual(signAnswer(box, exchange, vectors.answer.time), identity);
  const { base, token, path, url } = vectors.link;
  assert.equal(linkAt(base, { token, ...await linkFields(box.secret, lent.grant as Grant), path }), url);
});

Deno.test("vectors: the program believes them, and nothing that was changed", () => {
  const offer = { ...exchange, proof: proof as unknown, now: proof.time, revoked: [] as string[] };
  const believeOffer = (it: typeof offer) => verifyOffer(box, it, it.proof, new Set(it.revoked), it.now);
  const answer = { ...exchange, identity: identity as unknown, now: identity.time };
  const believeAnswer = (it: typeof answer) => verifyAnswer(publicKey, it, it.identity, it.now);
  assert.deepEqual(believeOffer(offer), lent.grant);
  believeAnswer(answer);
  for (const { text, grant } of vectors.grants) assert.deepEqual(parseGrant(text), grant);
  for (const { what, change, failure } of vectors.refused) {
    const believe = () =>
      what === "offer"
        ? believeOffer({ ...offer, ...change as Partial<typeof offer> })
        : believeAnswer({ ...answer, ...change as Partial<typeof answer> });
    assert.throws(
      believe,
      (error) => error instanceof TrustError && error.failure === failure,
      JSON.stringify(change),
    );
  }
});

Deno.test("vectors: other code than the program's comes to the same, by what the document says", () => {
  assert.equal(offered.toString("hex"), vectors.descriptions.offer.fingerprints);
  assert.equal(answered.toString("hex"), vectors.descriptions.answer.fingerprints);
  for (const { text, key } of vectors.grants) {
    const derived = hkdfSync(
      "sha256",
      Buffer.from(vectors.box.secret, "hex"),
      "unarr-stream link 1",
      text,
      32,
    );
    assert.equal(Buffer.from(derived).toString("base64url"), key);
  }
  const digest = createHash("sha256").update(bytesOf("unarr-stream owner 1", publicKey)).digest();
  assert.equal(digest.subarray(0, 12).toString("hex"), owner.grant.id);

  const { sessionId } = exchange;
  const ofOffer = bytesOf(
    ...["unarr-stream offer 1", sessionId, publicKey, lent.text, offered, offerUfrag, proof.time],
  );
  assert.equal(ofOffer.toString("hex"), vectors.offer.transcript);
  const mac = createHmac("sha256", Buffer.from(lent.key, "base64url")).update(ofOffer).digest("base64url");
  assert.equal(mac, proof.mac);

  const ofAnswer = bytesOf(
    ...["unarr-stream answer 1", sessionId, offered, answered, offerUfrag, answerUfrag, identity.time],
  );
  assert.equal(ofAnswer.toString("hex"), vectors.answer.transcript);
  const jwk = { kty: "OKP", crv: "Ed25519", x: vectors.box.publicKey };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  assert.ok(verify(null, ofAnswer, key, Buffer.from(identity.signature, "base64url")));
});

Deno.test("docs/protocol.md: its example has the values of the vectors", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/protocol.md", import.meta.url));
  // Long values are broken into lines.
  const joined = text.replace(/\s+/g, "");
  const values = [
    vectors.box.identity,
    vectors.box.publicKey,
    exchange.sessionId,
    ...Object.values(vectors.descriptions).flatMap(({ fingerprints, ufrags }) => [fingerprints, ufrags]),
    ...vectors.grants.flatMap(({ text, key }) => [text, key]),
    JSON.stringify(lent.grant),
    owner.grant.id,
    ...[vectors.offer.transcript, proof.mac, String(proof.time)],
    ...[vectors.answer.transcript, identity.signature, String(identity.time)],
    vectors.link.url,
  ];
  for (const value of values) assert.ok(joined.includes(value.replace(/\s+/g, "")), value);
});
