import assert from "node:assert/strict";
import { readFromThread } from "../../src/thread/messages.ts";

const LINE = { category: ["unarr"], level: "info", timestamp: 0, message: ["text"], properties: {} };
const LOAD = { sessions: 0, bytesSent: 0, bufferedBytes: 0, delayMs: 0, ended: {} };

Deno.test("thread messages: what is one passes", () => {
  for (
    const message of [
      { type: "loaded" },
      { type: "ready", value: { port: 1 } },
      { type: "refused", message: "why", kind: "already-running" },
      { type: "crashed", message: "why" },
      {
        type: "pong",
        load: { sessions: 2, bytesSent: 7, bufferedBytes: 1, delayMs: 0.5, ended: { busy: 1 } },
      },
      { type: "log", line: LINE },
      { type: "event", event: "anything" },
      { type: "stopped" },
    ]
  ) {
    assert.deepEqual(readFromThread(message), message);
  }
});

Deno.test("thread messages: what is none does not", () => {
  for (
    const message of [
      undefined,
      null,
      7,
      "loaded",
      [],
      {},
      { type: "start" },
      { type: "refused" },
      { type: "crashed", message: 7 },
      { type: "pong" },
      { type: "pong", load: { ...LOAD, sessions: -1 } },
      { type: "pong", load: { ...LOAD, delayMs: NaN } },
      { type: "pong", load: { ...LOAD, bytesSent: undefined } },
      { type: "pong", load: { ...LOAD, ended: null } },
      { type: "pong", load: { ...LOAD, ended: { busy: "2" } } },
      { type: "pong", load: { ...LOAD, ended: { ["x".repeat(65)]: 2 } } },
      { type: "pong", load: { ...LOAD, ended: Object.fromEntries(Array(65).fill(0).entries()) } },
      { type: "log", line: { ...LINE, level: "loud" } },
      { type: "log", line: { ...LINE, category: "unarr" } },
      { type: "log", line: { ...LINE, message: [7] } },
      { type: "log", line: { ...LINE, message: Array(1_000).fill("") } },
      { type: "log", line: { ...LINE, properties: null } },
    ]
  ) {
    assert.equal(readFromThread(message), undefined, JSON.stringify(message));
  }
});

Deno.test("thread messages: long text is cut, and a category is the program's own", () => {
  const long = "x".repeat(1_000_000);
  const crashed = readFromThread({ type: "crashed", message: long });
  assert.ok(crashed?.type === "crashed" && crashed.message.length <= 4_096);
  const logged = readFromThread({
    type: "log",
    line: { ...LINE, category: ["logtape", "meta"], message: [long], properties: { long } },
  });
  assert.ok(logged?.type === "log");
  assert.deepEqual(logged.line.category, ["unarr", "logtape", "meta"]);
  assert.ok(logged.line.message[0]!.length <= 16_384);
  assert.ok(String(logged.line.properties["long"]).length <= 16_384);
});
