/** Credentials for TURN that expire: as coturn computes them, and handed to both ends of a session. */
import assert from "node:assert/strict";
import { turnCredentials, type TurnService } from "../../src/relay/turn_credentials.ts";
import { DispatchedIceServers, MAX_DISPATCHED_SERVERS } from "../../src/signal/agent_api.ts";
import * as v from "valibot";
import { START, TestRelay, VIEWER } from "./support.ts";

const TURN: TurnService = {
  urls: ["turn:turn.example:3478", "turns:turn.example:443?transport=tcp"],
  secret: "a-secret-of-the-tests",
  ttl: 43_200,
};

Deno.test("TURN credentials: the username is expiry and name, the credential its HMAC-SHA1", () => {
  // printf '1767268800:a1b2c3d4' | openssl dgst -sha1 -hmac 'a-secret-of-the-tests' -binary | base64
  assert.deepEqual(turnCredentials(TURN, "a1b2c3d4", START + 999), {
    username: "1767268800:a1b2c3d4",
    credential: "TaBeF1+kSh2lDBQlUbdihcQJZNY=",
  });
});

Deno.test("TURN credentials: viewer and box are handed some that are made for their session", async () => {
  await using relay = new TestRelay({ turn: TURN, iceServers: [{ urls: "stun:stun.example" }] });
  await relay.sync();
  const made = async () => {
    const { body } = await relay.call(VIEWER, "POST", "/api/stream/sessions", { filePath: "a.mp4" });
    const { sessionId, iceServers } = body;
    const credentials = turnCredentials(TURN, sessionId.slice(0, 8), relay.clock.now);
    assert.deepEqual(iceServers, [{ urls: TURN.urls, ...credentials }, { urls: "stun:stun.example" }]);
    return credentials.credential;
  };
  const first = await made();
  relay.clock.now += 5_000;
  const second = await made();
  assert.notEqual(first, second);

  const { webrtcSessions } = (await relay.sync()).body;
  assert.equal(webrtcSessions.length, 2);
  for (const { sessionId, iceServers } of webrtcSessions) {
    assert.ok(v.is(DispatchedIceServers, iceServers));
    const credentials = turnCredentials(TURN, sessionId.slice(0, 8), relay.clock.now);
    assert.deepEqual(iceServers, [{ urls: TURN.urls, ...credentials }, { urls: "stun:stun.example" }]);
  }
});

Deno.test("TURN credentials: without servers a dispatched session is as the reference's", async () => {
  await using relay = new TestRelay();
  const sessionId = await relay.session();
  assert.deepEqual((await relay.sync()).body.webrtcSessions, [
    { sessionId, transport: "webrtc", filePath: "films/a.mp4" },
  ]);
});

Deno.test("TURN credentials: of many servers the box is handed as many as it takes", async () => {
  const iceServers = Array.from({ length: 20 }, (_, n) => ({ urls: `stun:stun${n}.example` }));
  const turn = { ...TURN, urls: Array.from({ length: 20 }, (_, n) => `turn:turn${n}.example`) };
  await using relay = new TestRelay({ turn, iceServers });
  await relay.session();
  const [session] = (await relay.sync()).body.webrtcSessions;
  assert.equal(session.iceServers.length, MAX_DISPATCHED_SERVERS);
  assert.ok(v.is(DispatchedIceServers, session.iceServers));
});
