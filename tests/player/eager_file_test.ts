import assert from "node:assert/strict";
import { FileChannel } from "../../src/player/client/file_channel.ts";
import { PersistentFile } from "../../src/player/client/persistent_file.ts";
import { RemoteFile } from "../../src/player/client/remote_file.ts";
import { EagerFile, HEAD_SIZE } from "../../src/player/media/eager_file.ts";
import { Status } from "../../src/wire/mod.ts";
import { channelPair } from "./support/engines.ts";
import { collect, pattern, ScriptedAgent } from "./support/scripted_agent.ts";

/** A file of `size` bytes at a box that answers as told, opened. */
async function opened(size: number): Promise<{ agent: ScriptedAgent; file: EagerFile } & AsyncDisposable> {
  const pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, size);
  agent.hello("film.mkv");
  const open = () => RemoteFile.open(new FileChannel(pair.viewer));
  const file = await PersistentFile.open("film.mkv", () => Promise.resolve({ open }));
  return { agent, file: new EagerFile(file), [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose]() };
}

/** How many bytes were asked for. */
const asked = (agent: ScriptedAgent) =>
  agent.requests.reduce((sum, { rangeLength }) => sum + Number(rangeLength), 0);

Deno.test("eager file: its head is asked for once, whoever reads it", async () => {
  await using box = await opened(3 * HEAD_SIZE);
  for (const [offset, length] of [[0, 1], [0, 4_096], [700_000, 86_432], [5, HEAD_SIZE - 5]] as const) {
    assert.deepEqual(await collect(box.file.read(offset, length)), pattern(length, offset));
  }
  assert.equal(asked(box.agent), HEAD_SIZE);
});

Deno.test("eager file: a read goes on behind the head, and nothing is asked for twice", async () => {
  const size = 3 * HEAD_SIZE + 17;
  await using box = await opened(size);
  assert.deepEqual(await collect(box.file.read(10)), pattern(size - 10, 10));
  assert.equal(asked(box.agent), size);
  assert.deepEqual(await collect(box.file.read(HEAD_SIZE - 3, 7)), pattern(7, HEAD_SIZE - 3));
  assert.deepEqual(await collect(box.file.read(HEAD_SIZE, 7)), pattern(7, HEAD_SIZE));
  assert.deepEqual(await collect(box.file.read(size - 2)), pattern(2, size - 2));
});

Deno.test("eager file: smaller than its head, or empty", async () => {
  await using small = await opened(1_000);
  assert.deepEqual(await collect(small.file.read(0)), pattern(1_000, 0));
  assert.deepEqual(await collect(small.file.read(999, 100)), pattern(1, 999));
  assert.equal((await collect(small.file.read(1_000))).byteLength, 0);
  assert.equal(asked(small.agent), 1_000);
  await using empty = await opened(0);
  assert.equal((await collect(empty.file.read(0))).byteLength, 0);
  assert.equal(asked(empty.agent), 0);
});

Deno.test("eager file: what is given up takes nothing from others; what is closed ends", async () => {
  await using box = await opened(3 * HEAD_SIZE);
  const stop = new AbortController();
  const given = box.file.read(0, 10, { signal: stop.signal }).getReader();
  const up = given.read();
  stop.abort();
  await up.then(() => {}, (error) => assert.equal(error.type, "aborted"));
  assert.deepEqual(await collect(box.file.read(0, 10)), pattern(10, 0));
  await box.file.read(0).cancel();
  assert.deepEqual(await collect(box.file.read(HEAD_SIZE - 1, 2)), pattern(2, HEAD_SIZE - 1));
  const rest = box.file.read(2 * HEAD_SIZE);
  box.file.close();
  await assert.rejects(collect(rest));
});

Deno.test("eager file: where the head cannot be read, a read says why", async () => {
  const pair = await channelPair();
  await using _ = pair;
  const agent = new ScriptedAgent(pair.agent, 1_000);
  agent.onRequest = (request) => agent.serve(request, 0, Status.READ_ERROR);
  agent.hello("film.mkv");
  const open = () => RemoteFile.open(new FileChannel(pair.viewer));
  const file = new EagerFile(await PersistentFile.open("film.mkv", () => Promise.resolve({ open })));
  await assert.rejects(collect(file.read(0)), { type: "read-error" });
});
