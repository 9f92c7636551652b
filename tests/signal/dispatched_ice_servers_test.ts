/** What a relay says of ICE servers is bounded, and a list that is wrong costs no session. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { isAgentEvent } from "../../src/serve/agent_messages.ts";
import { sessionIceServers } from "../../src/serve/session_ice_servers.ts";
import { DispatchedSession } from "../../src/signal/agent_api.ts";

const SESSION = { sessionId: "s1", transport: "webrtc", filePath: "a.mp4" };
const TURN = {
  urls: ["turn:a.example:3478", "turns:a.example?transport=tcp"],
  username: "1:s",
  credential: "c",
};

const WRONG: Record<string, unknown> = {
  "no list": "turn:a.example",
  "null": null,
  "a URL of another kind": [{ urls: "https://a.example" }],
  "a URL with a user": [{ urls: "turn:box:secret@a.example" }],
  "a URL with a line end": [{ urls: "turn:a.example\r\nX: y" }],
  "a long URL": [{ urls: `turn:${"a".repeat(256)}` }],
  "a long username": [{ ...TURN, username: "u".repeat(513) }],
  "a long credential": [{ ...TURN, credential: "c".repeat(513) }],
  "many URLs": [{ urls: Array(9).fill("turn:a.example") }],
  "many servers": Array(9).fill({ urls: "turn:a.example" }),
};

Deno.test("dispatched ICE servers: right ones are taken over, also by main", () => {
  const session = v.parse(DispatchedSession, { ...SESSION, iceServers: [TURN], more: 1 });
  assert.deepEqual(session, { ...SESSION, iceServers: [TURN] });
  assert.ok(isAgentEvent({ type: "session", session }));
});

for (const [what, iceServers] of Object.entries(WRONG)) {
  Deno.test(`dispatched ICE servers: ${what} counts as none, and main takes no such thing from a thread`, () => {
    const session = v.parse(DispatchedSession, { ...SESSION, iceServers });
    assert.equal(session.iceServers, undefined);
    assert.equal(session.sessionId, "s1");
    assert.ok(!isAgentEvent({ type: "session", session: { ...SESSION, iceServers } }));
  });
}

Deno.test("dispatched ICE servers: the box's own come first, and none twice", () => {
  const own = [{ urls: "stun:own.example" }, { urls: "turn:own.example", username: "u", credential: "c" }];
  assert.deepEqual(sessionIceServers(own, { ...SESSION, iceServers: [own[0]!, TURN] }), [...own, TURN]);
  assert.deepEqual(sessionIceServers(own, SESSION), own);
});
