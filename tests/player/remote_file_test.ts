import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FileChannel } from "../../src/player/client/file_channel.ts";
import { DEFAULT_READ_SETTINGS } from "../../src/player/client/range_reader.ts";
import { RemoteFile } from "../../src/player/client/remote_file.ts";
import { encodeFrame, encodeHello, encodeRangeEnd, SIZE_UNKNOWN, Status } from "../../src/wire/mod.ts";
import { channelPair } from "./support/engines.ts";
import { collect, pattern, ScriptedAgent } from "./support/scripted_agent.ts";

const { firstPart, maxPart, window } = DEFAULT_READ_SETTINGS;

/** Opens a file of `size` bytes over a real channel. */
async function open(size: number) {
  const pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, size);
  agent.hello();
  const file = await RemoteFile.open(new FileChannel(pair.viewer));
  return {
    agent,
    file,
    async [Symbol.asyncDispose]() {
      file.close();
      await pair[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a long read arrives whole, in requests that grow and never pass the end", async () => {
  const size = 3_000_001;
  await using setup = await open(size);
  const { file, agent } = setup;
  assert.equal(file.size, size);
  assert.equal(file.name, "a.bin");
  const bytes = await collect(file.read(5, Infinity));
  assert.ok(Buffer.compare(bytes, pattern(size - 5, 5)) === 0);
  let at = 5;
  for (const request of agent.requests) {
    assert.equal(Number(request.offset), at);
    assert.ok(Number(request.rangeLength) <= maxPart);
    at += Number(request.rangeLength);
  }
  assert.equal(at, size);
  assert.equal(Number(agent.requests[0]!.rangeLength), firstPart);
});

Deno.test("a part is exact, and one past the end is cut", async () => {
  await using setup = await open(1000);
  const { file } = setup;
  assert.deepEqual(await collect(file.read(10, 20)), pattern(20, 10));
  assert.deepEqual(await collect(file.read(990n, 20n)), pattern(10, 990));
  assert.equal((await collect(file.read(10, 0))).byteLength, 0);
  await assert.rejects(collect(file.read(1000, 1)), { type: "out-of-range" });
  assert.throws(() => file.read(-1, 1), RangeError);
  assert.throws(() => file.read(0.5, 1), RangeError);
});

Deno.test("a reader that stops taking stops the requests", async () => {
  const size = 64 * 1024 * 1024;
  await using setup = await open(size);
  const { file, agent } = setup;
  // Answers whatever is asked, until nothing more is.
  agent.onRequest = (request) => agent.serve(request);
  const reader = file.read(0).getReader();
  await reader.read();
  await agent.until(() => {
    const asked = agent.requests.reduce((sum, { rangeLength }) => sum + Number(rangeLength), 0);
    return asked > window - maxPart;
  });
  const asked = agent.requests.reduce((sum, { rangeLength }) => sum + Number(rangeLength), 0);
  assert.ok(asked <= window + DEFAULT_READ_SETTINGS.batch, `${asked} bytes were asked for`);
  await reader.cancel();
});

Deno.test("the next part is asked for when half of the open one is here", async () => {
  await using setup = await open(10_000_000);
  const { file, agent } = setup;
  agent.onRequest = () => {};
  const reader = file.read(0).getReader();
  const pending = reader.read();
  await agent.until(() => agent.requests.length === 1);
  const half = DEFAULT_READ_SETTINGS.firstPart / 2;
  const { streamId, offset } = agent.requests[0]!;
  const data = (at: number, length: number) =>
    agent.send(encodeFrame({
      type: "RANGE_DATA",
      flags: 0,
      streamId,
      last: false,
      data: pattern(length, Number(offset) + at),
    }));
  const chunk = 32_768;
  for (let at = 0; at < half - chunk; at += chunk) data(at, chunk);
  // Those that have piled up come together.
  let received = (await pending).value!.byteLength;
  while (received < half - chunk) received += (await reader.read()).value!.byteLength;
  assert.equal(received, half - chunk);
  assert.equal(agent.requests.length, 1);
  data(half - chunk, chunk);
  await agent.until(() => agent.requests.length === 2);
  await reader.cancel();
  await agent.until(() => agent.cancelled.length === 2);
  assert.deepEqual(agent.cancelled, [1, 2]);
});

Deno.test("cancelling tells the box to stop what is in flight", async () => {
  await using setup = await open(10_000_000);
  const { file, agent } = setup;
  agent.onRequest = () => {};
  const reader = file.read(0).getReader();
  const pending = reader.read();
  await agent.until(() => agent.requests.length === 1);
  await reader.cancel();
  assert.deepEqual(await pending, { done: true, value: undefined });
  await agent.until(() => agent.cancelled.length === 1);
  assert.deepEqual(agent.cancelled, [1]);
  agent.onRequest = (request) => agent.serve(request);
  assert.deepEqual(await collect(file.read(7, 3)), pattern(3, 7), "the next read is not disturbed");
});

Deno.test("an aborted signal errors the stream and cancels", async () => {
  await using setup = await open(10_000_000);
  const { file, agent } = setup;
  agent.onRequest = () => {};
  const stop = new AbortController();
  const reading = collect(file.read(0, 100, { signal: stop.signal }));
  await agent.until(() => agent.requests.length === 1);
  stop.abort();
  await assert.rejects(reading, { type: "aborted" });
  await agent.until(() => agent.cancelled.length === 1);
  await assert.rejects(collect(file.read(0, 100, { signal: stop.signal })), { type: "aborted" });
});

Deno.test("a busy box is asked again, from where it stopped", async () => {
  await using setup = await open(100_000);
  const { file, agent } = setup;
  let busy = 2;
  agent.onRequest = (request) => {
    if (busy-- > 0) agent.serve(request, busy * 16_384, Status.BUSY);
    else agent.serve(request);
  };
  assert.ok(Buffer.compare(await collect(file.read(0)), pattern(100_000)) === 0);
  assert.deepEqual(agent.requests.map(({ offset }) => Number(offset)), [0, 16_384, 16_384]);
});

const failures = [
  [Status.OK, "read-error"],
  [Status.OUT_OF_RANGE, "out-of-range"],
  [Status.READ_ERROR, "read-error"],
  [Status.BAD_REQUEST, "protocol"],
  [99, "read-error"],
] as const;
for (const [status, type] of failures) {
  Deno.test(`status ${status} after some bytes is ${type}, and the bytes count`, async () => {
    await using setup = await open(100_000);
    const { file, agent } = setup;
    agent.onRequest = (request) => agent.serve(request, 16_384, status);
    const reader = file.read(0, 50_000).getReader();
    const { value } = await reader.read();
    assert.deepEqual(value, pattern(16_384));
    await assert.rejects(reader.read(), { name: "PlayerError", type });
    agent.onRequest = (request) => agent.serve(request);
    assert.deepEqual(await collect(file.read(1, 5)), pattern(5, 1), "only that range has failed");
  });
}

Deno.test("more bytes than asked for are a protocol error", async () => {
  await using setup = await open(100_000);
  const { file, agent } = setup;
  agent.onRequest = (request) => agent.serve(request, 40_000);
  await assert.rejects(collect(file.read(0, 100)), { type: "protocol" });
});

Deno.test("a file of unknown size ends where the box says so", async () => {
  await using pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, 0);
  agent.send(encodeHello(SIZE_UNKNOWN, "live.mp4", { transcoding: true }));
  const real = 400_000;
  agent.onRequest = (request) => {
    const left = real - Number(request.offset);
    if (left <= 0) agent.send(encodeRangeEnd(request.streamId, Status.OUT_OF_RANGE));
    else agent.serve(request, Math.min(left, Number(request.rangeLength)));
  };
  const file = await RemoteFile.open(new FileChannel(pair.viewer));
  assert.equal(file.size, Infinity);
  assert.ok(Buffer.compare(await collect(file.read(0)), pattern(real)) === 0);
  file.close();
});

Deno.test("a size beyond 2⁵³ is refused, not rounded", async () => {
  await using pair = await channelPair();
  new ScriptedAgent(pair.agent, 0).hello("a.bin", 2n ** 53n);
  await assert.rejects(RemoteFile.open(new FileChannel(pair.viewer)), { type: "protocol" });
});
