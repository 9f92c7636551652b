import assert from "node:assert/strict";
import { FileChannel, MAX_IN_FLIGHT } from "../../src/player/client/file_channel.ts";
import type { RangeSink } from "../../src/player/client/range_channel.ts";
import { PlayerError } from "../../src/player/client/errors.ts";
import { encodeBare, encodeFrame, encodeRangeEnd } from "../../src/wire/mod.ts";
import { channelPair } from "./support/engines.ts";
import { ScriptedAgent } from "./support/scripted_agent.ts";

const SILENT: RangeSink = { data() {}, end() {}, fail() {} };

Deno.test("nothing is sent before HELLO", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 100);
  const channel = new FileChannel(pair.viewer);
  channel.request(0n, 10n, SILENT);
  agent.send(encodeBare("PING", 7));
  await agent.until(() => agent.frames.length > 0);
  assert.deepEqual(agent.frames.map((frame) => frame.type), ["PONG"], "a PONG, and no request yet");
  agent.hello("film.mp4");
  assert.equal((await channel.hello).fileName, "film.mp4");
  await agent.until(() => agent.requests.length === 1);
  channel.fail(new PlayerError("closed", ""));
});

Deno.test("a HELLO that overtakes the channel's opening loses no request", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 100);
  // As Chromium does now and then: the message event comes before the open event.
  let opened = false;
  const early = new Proxy(pair.viewer, {
    get(target, key) {
      if (key === "readyState" && !opened) return "connecting";
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  const channel = new FileChannel(early);
  agent.hello();
  await channel.hello;
  channel.request(0n, 10n, SILENT);
  opened = true;
  pair.viewer.dispatchEvent(new Event("open"));
  await agent.until(() => agent.requests.length === 1);
  channel.fail(new PlayerError("closed", ""));
});

Deno.test(`at most ${MAX_IN_FLIGHT} requests are in progress, and ids count up`, async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 100);
  const channel = new FileChannel(pair.viewer);
  agent.onRequest = () => {};
  agent.hello();
  for (let i = 0; i < 6; i++) channel.request(BigInt(i), 1n, SILENT);
  await agent.until(() => agent.requests.length === 4);
  agent.send(encodeRangeEnd(2, 0));
  await agent.until(() => agent.requests.length === 5);
  assert.deepEqual(agent.requests.map((request) => request.streamId), [1, 2, 3, 4, 5]);
  assert.equal(agent.requests[4]!.offset, 4n, "first come, first served");
  channel.fail(new PlayerError("closed", ""));
});

Deno.test("a cancelled request is cancelled there, a waiting one never leaves", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 100);
  const channel = new FileChannel(pair.viewer);
  agent.onRequest = () => {};
  agent.hello();
  let heard = 0;
  const sink: RangeSink = { data: () => heard++, end: () => heard++, fail: () => heard++ };
  const cancels = [0, 1, 2, 3, 4, 5].map((i) => channel.request(BigInt(i), 1n, sink));
  await agent.until(() => agent.requests.length === 4);
  cancels[4]!();
  cancels[0]!();
  cancels[0]!();
  await agent.until(() => agent.requests.length === 5);
  assert.deepEqual(agent.cancelled, [1]);
  assert.equal(agent.requests[4]!.offset, 5n);
  // Late data of the cancelled id, and of one never used.
  const data = new Uint8Array(3);
  agent.send(encodeFrame({ type: "RANGE_DATA", flags: 0, streamId: 1, last: true, data }));
  agent.send(encodeRangeEnd(1, 0));
  agent.send(encodeRangeEnd(77, 3));
  agent.send(encodeBare("PING", 9));
  await agent.until(() => agent.frames.at(-1)?.type === "PONG");
  assert.equal(heard, 0);
  channel.fail(new PlayerError("closed", ""));
  assert.equal(heard, 4, "what is left fails");
});

Deno.test("a file that is not served is not found", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 0);
  const channel = new FileChannel(pair.viewer);
  agent.send(encodeRangeEnd(0, 2));
  pair.agent.close();
  await assert.rejects(channel.hello, { name: "PlayerError", type: "not-found" });
});

Deno.test("a channel that the box closes fails what is pending", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 100);
  const channel = new FileChannel(pair.viewer);
  agent.onRequest = () => pair.agent.close();
  agent.hello();
  const failure = new Promise<PlayerError>((resolve) => {
    channel.request(0n, 10n, { ...SILENT, fail: resolve });
  });
  assert.equal((await failure).type, "connection-lost");
  assert.equal((await channel.closed).type, "connection-lost");
  const later = new Promise<PlayerError>((resolve) => channel.request(0n, 1n, { ...SILENT, fail: resolve }));
  assert.equal((await later).type, "connection-lost");
});

Deno.test("malformed messages are counted, unknown types are not, and the 65th ends it", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 100);
  const channel = new FileChannel(pair.viewer);
  agent.hello();
  await channel.hello;
  agent.send(new Uint8Array([0x42, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]));
  for (let i = 0; i < 32; i++) agent.send("not a frame");
  for (let i = 0; i < 32; i++) agent.send(new Uint8Array(11));
  agent.send(encodeBare("PING", 1));
  await agent.until(() => agent.frames.at(-1)?.type === "PONG");
  assert.equal(channel.malformed, 64);
  agent.send(new Uint8Array(1));
  assert.equal((await channel.closed).type, "protocol");
});

Deno.test("an open channel sends a PING now and then, until it is closed", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 100);
  const channel = new FileChannel(pair.viewer, { pingIntervalMs: 5 });
  agent.hello();
  const pings = () => agent.frames.filter(({ type }) => type === "PING").length;
  await agent.until(() => pings() >= 3);
  // A timer left behind would be found by the test's sanitizer.
  channel.fail(new PlayerError("closed", ""));
});
