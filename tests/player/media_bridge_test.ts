import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FileChannel } from "../../src/player/client/file_channel.ts";
import type { PersistentFile } from "../../src/player/client/mod.ts";
import { RemoteFile } from "../../src/player/client/remote_file.ts";
import { answerMedia } from "../../src/player/media/answer.ts";
import { MediaBridge, type MediaTransfer } from "../../src/player/media/media_bridge.ts";
import { PlayerError } from "../../src/player/client/mod.ts";
import type { MediaRequest } from "../../src/player/media/messages.ts";
import { channelPair } from "./support/engines.ts";
import { pattern, ScriptedAgent } from "./support/scripted_agent.ts";

const SIZE = 2_000_000;

/** A page and a service worker's answer, joined by real ports; the file comes over a real channel. */
async function setUp() {
  const pair = await channelPair();
  const agent = new ScriptedAgent(pair.agent, SIZE);
  agent.hello("film.mp4");
  const remote = await RemoteFile.open(new FileChannel(pair.viewer));
  const transfers: MediaTransfer[] = [];
  let leases = 0;
  const bridge = new MediaBridge({
    use(path) {
      if (path !== "films/film.mp4") throw new PlayerError("not-found", "No such file.");
      leases++;
      return Promise.resolve({ file: remote as unknown as PersistentFile, release: () => leases-- });
    },
    need() {},
  });
  bridge.onTransfer = (transfer) => transfers.push({ ...transfer });
  const served: Promise<void>[] = [];
  const page = {
    postMessage(message: unknown, transfer: Transferable[]) {
      served.push(bridge.serve(message as MediaRequest, transfer[0] as MessagePort));
    },
  };
  return {
    agent,
    transfers,
    get leases() {
      return leases;
    },
    bridge,
    async fetch(options: RequestInit = {}, path = "films/film.mp4", clientId = "page", download = false) {
      const request = new Request("https://box.example/media/x", options);
      const clients = { get: (id: string) => Promise.resolve(id === "page" ? page : undefined) };
      const { response, finished } = answerMedia(request, { clientId, path, download }, clients);
      return { response: await response, finished: finished.then(() => Promise.all(served)) };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(served);
      remote.close();
      await pair[Symbol.asyncDispose]();
    },
  };
}

const ranged = (range: string): RequestInit => ({ headers: { range } });

Deno.test("a range request is answered with exactly those bytes", async () => {
  await using world = await setUp();
  const { response, finished } = await world.fetch(ranged("bytes=1000-300999"));
  assert.equal(response.status, 206);
  assert.equal(response.headers.get("content-range"), `bytes 1000-300999/${SIZE}`);
  assert.equal(response.headers.get("content-length"), "300000");
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.ok(Buffer.compare(bytes, pattern(300_000, 1000)) === 0);
  await finished;
  assert.equal(world.transfers.at(-1)?.state, "done");
  assert.equal(world.transfers.at(-1)?.sent, 300_000);
  assert.equal(world.leases, 0);
  assert.equal(world.bridge.active, 0);
});

Deno.test("without a range the whole file comes, with 200", async () => {
  await using world = await setUp();
  const { response, finished } = await world.fetch({}, "films/film.mp4", "page", true);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-disposition")!, /^attachment/);
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.ok(Buffer.compare(bytes, pattern(SIZE)) === 0);
  await finished;
});

Deno.test("HEAD and 416 read nothing from the box", async () => {
  await using world = await setUp();
  const head = await world.fetch({ method: "HEAD", headers: { range: "bytes=5-9" } });
  assert.equal(head.response.status, 206);
  assert.equal(head.response.headers.get("content-length"), "5");
  assert.equal(head.response.body, null);
  const outside = await world.fetch(ranged(`bytes=${SIZE}-`));
  assert.equal(outside.response.status, 416);
  assert.equal(outside.response.headers.get("content-range"), `bytes */${SIZE}`);
  await Promise.all([head.finished, outside.finished]);
  assert.equal(world.agent.requests.length, 0);
  assert.equal(world.leases, 0);
});

Deno.test("a browser that loses interest stops the box", async () => {
  await using world = await setUp();
  let held = 0;
  world.agent.onRequest = (request) => {
    // The first part only, so that the rest is still under way.
    if (held++ === 0) world.agent.serve(request);
  };
  const { response, finished } = await world.fetch(ranged("bytes=0-"));
  const reader = response.body!.getReader();
  assert.ok((await reader.read()).value!.byteLength > 0);
  await world.agent.until(() => world.agent.requests.length === 2);
  await reader.cancel();
  await finished;
  // The first may be on its way still, and is then cancelled too.
  const unanswered = world.agent.requests[1]!.streamId;
  await world.agent.until(() => world.agent.cancelled.includes(unanswered));
  assert.equal(world.transfers.at(-1)?.state, "cancelled");
  assert.equal(world.leases, 0);
});

Deno.test("a browser that does not read does not make the box send on", async () => {
  await using world = await setUp();
  const { response, finished } = await world.fetch(ranged("bytes=0-"));
  await world.agent.until(() => world.agent.requests.length >= 2);
  const sent = world.transfers.at(-1)?.sent ?? 0;
  assert.ok(sent <= 600_000, `${sent} bytes were handed over unread`);
  await response.body!.cancel();
  await finished;
});

Deno.test("an aborted request is cancelled before there is a body", async () => {
  await using world = await setUp();
  const stop = new AbortController();
  const answering = world.fetch({ ...ranged("bytes=0-"), signal: stop.signal });
  stop.abort();
  const { finished } = await answering;
  await finished;
  assert.equal(world.leases, 0);
});

Deno.test("a file that is not there is 404, a closed page too, a wrong method 405", async () => {
  await using world = await setUp();
  const missing = await world.fetch({}, "other.mp4");
  assert.equal(missing.response.status, 404);
  assert.equal(await missing.response.text(), "No such file.");
  assert.equal((await world.fetch({}, "films/film.mp4", "closed")).response.status, 404);
  assert.equal((await world.fetch({ method: "POST" })).response.status, 405);
  assert.equal(world.transfers.at(-1)?.state, "failed");
});

Deno.test("a download that cannot start leaves the page where it is", async () => {
  await using world = await setUp();
  const { response, finished } = await world.fetch({}, "other.mp4", "page", true);
  assert.equal(response.status, 204);
  await finished;
  assert.equal(world.transfers.at(-1)?.message, "No such file.");
});

Deno.test("a read that fails breaks the body off; it does not end it early as if complete", async () => {
  await using world = await setUp();
  world.agent.onRequest = (request) => world.agent.serve(request, 16_384, 3);
  const { response, finished } = await world.fetch(ranged("bytes=0-"));
  await assert.rejects(response.arrayBuffer());
  await finished;
  assert.equal(world.transfers.at(-1)?.state, "failed");
});
