import assert from "node:assert/strict";
import { OfferError } from "../../src/rtc/sdp.ts";
import { Authenticator } from "../../src/serve/authenticator.ts";
import { Authorisation } from "../../src/serve/authorisation.ts";
import { verifyAnswer } from "../../src/trust/answer_identity.ts";
import type { OfferProof } from "../../src/trust/offer_proof.ts";
import { WHOLE_SHARE } from "../../src/trust/scope.ts";
import { TrustError, type TrustFailure } from "../../src/trust/trust_error.ts";
import { BoxLinks } from "../support/box_links.ts";
import { within } from "../support/within.ts";
import { description, fingerprint, NOW } from "../trust/support.ts";

const SESSION = "session-1";
const offer = description(fingerprint(0xa1), "offU");
const restart = description(fingerprint(0xa1), "offV");

function setUp(proofRequired: boolean, now: () => number = () => NOW) {
  const links = new BoxLinks();
  const authenticator = new Authenticator(links.key.secret, { proofRequired, revoked: [] }, now);
  return { links, authenticator, session: new Authorisation(authenticator, SESSION) };
}

function fails(failure: TrustFailure, run: () => unknown): void {
  assert.throws(run, (error) => error instanceof TrustError && error.failure === failure);
}

Deno.test("authorisation: without a proof all of the share, where none is required", () => {
  const { session } = setUp(false);
  assert.deepEqual(session.admit(offer, undefined), WHOLE_SHARE);
  // It could not be signed.
  assert.throws(() => session.admit("v=0\r\n", undefined), OfferError);
  fails("missing", () => session.admit(offer, null));
  fails("missing", () => setUp(true).session.admit(offer, undefined));
});

Deno.test("authorisation: a proof says what its viewer may see, and the answer is signed", () => {
  const { links, session } = setUp(true);
  let proven = 0;
  session.onproven = () => proven++;
  const { prove } = links.prover({ path: "films/", kind: "folder", list: false }, () => NOW);
  assert.deepEqual(session.admit(offer, prove(SESSION, offer)), {
    path: "films",
    kind: "folder",
    list: false,
  });
  assert.equal(proven, 1);
  const answer = description(fingerprint(0xb2), "ansU");
  const exchange = { sessionId: SESSION, offer, answer };
  verifyAnswer(links.key.publicKey, exchange, session.sign(offer, answer), NOW);
  session.close();
});

Deno.test("authorisation: a later offer is proved again, by the same link, and is younger", () => {
  const { links, session } = setUp(false);
  let time = NOW;
  const { prove } = links.prover({ path: "a.mp4", kind: "file" }, () => time);
  const first = prove(SESSION, offer);
  session.admit(offer, first);
  fails("missing", () => session.admit(restart, undefined));
  time = NOW + 1;
  fails("wrong", () => session.admit(restart, links.prover({}, () => time).prove(SESSION, restart)));
  fails("wrong", () => session.admit(restart, prove("session-2", restart)));
  const second: OfferProof = prove(SESSION, restart);
  assert.equal(session.admit(restart, second).path, "a.mp4");
  fails("clock", () => session.admit(offer, first));
  fails("clock", () => session.admit(restart, second));
  session.close();
});

Deno.test("authorisation: what is taken back is over at once, what expires is over by itself", async () => {
  const { links, authenticator, session } = setUp(true);
  const lent = links.prover({}, () => NOW);
  session.admit(offer, lent.prove(SESSION, offer));
  const over: TrustFailure[] = [];
  session.onover = ({ failure }) => over.push(failure);
  session.check();
  authenticator.restrict({ proofRequired: true, revoked: ["another-link-of-it", lent.id] });
  session.check();
  session.check();
  assert.deepEqual(over, ["revoked"]);

  const { links: others, session: short } = setUp(true, Date.now);
  const { prove } = others.prover({ exp: Math.floor(Date.now() / 1_000) + 2 });
  const ended = Promise.withResolvers<TrustError>();
  short.onover = ended.resolve;
  short.admit(offer, prove(SESSION, offer));
  assert.equal((await within(30_000, "the end", ended.promise)).failure, "expired");
});
