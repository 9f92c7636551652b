import assert from "node:assert/strict";
import { Answerer } from "../../src/rtc/answerer.ts";
import type { ByteChannel } from "../../src/rtc/byte_channel.ts";
import { Library } from "../../src/serve/library.ts";
import { LibraryChannel } from "../../src/serve/library_channel.ts";
import { ScopedShare } from "../../src/serve/scoped_share.ts";
import { Share } from "../../src/serve/share.ts";
import { decodeFrame, encodeBare } from "../../src/wire/mod.ts";
import { connect } from "../support/connect.ts";
import { type DataChannel, STACKS } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

const MESSAGE = 64 * 1_024;

interface Made extends AsyncDisposable {
  /** The box's end. */
  readonly channel: ByteChannel;
  readonly viewer: DataChannel;
  readonly malformed: string[];
}

async function make(dir: TempDir): Promise<Made> {
  const peer = STACKS.libdatachannel();
  const answerer = new Answerer();
  const announced = new Promise<ByteChannel>((resolve) => answerer.onchannel = resolve);
  const viewer = peer.createDataChannel("unarr-library");
  const opened = new Promise<void>((resolve) => viewer.onopen = resolve);
  await connect(peer, answerer);
  const channel = await within(15_000, "the channel", announced);
  // The box's end is there first; what the viewer sends before its own is open goes nowhere.
  await within(15_000, "the viewer's end", opened);
  const malformed: string[] = [];
  const library = new LibraryChannel(channel, new Library(new ScopedShare(await Share.of([dir.path]))), {
    frame: () => {},
    malformed: (kind) => malformed.push(kind),
  });
  return {
    channel,
    viewer,
    malformed,
    [Symbol.asyncDispose]: async () => {
      library.stop();
      peer.close();
      await answerer.close();
    },
  };
}

/** Queues so many bytes ahead of whatever is answered. */
function fill(channel: ByteChannel, bytes: number): void {
  for (let i = 0; i < bytes / MESSAGE; i++) channel.send(new Uint8Array(MESSAGE));
}

Deno.test("library channel: an answer waits until the viewer has taken what went before", async () => {
  await using dir = await TempDir.make();
  await using made = await make(dir);
  const { channel, viewer } = made;
  let received = 0;
  const answered = new Promise<number>((resolve) =>
    viewer.onmessage = ({ data }) => {
      if (typeof data === "string") resolve(received);
      else received += data.byteLength;
    }
  );
  fill(channel, 8 << 20);
  let sentBehind = Infinity;
  const { sendText } = channel;
  channel.sendText = (text) => {
    sentBehind = channel.bufferedAmount;
    sendText.call(channel, text);
  };
  viewer.send(JSON.stringify({ id: 1, op: "list", path: "" }));
  assert.equal(await within(20_000, "the answer", answered), 8 << 20);
  assert.ok(sentBehind <= 256 * 1_024, `${sentBehind} bytes were waiting`);
});

Deno.test("library channel: whoever asks and does not read is left", async () => {
  await using dir = await TempDir.make();
  await using made = await make(dir);
  const { channel, viewer, malformed } = made;
  const texts: unknown[] = [];
  viewer.onmessage = ({ data }) => {
    if (typeof data === "string") texts.push(data);
  };
  const closed = new Promise<void>((resolve) => viewer.onclose = resolve);
  fill(channel, 64 << 20);
  viewer.send("no question");
  await within(20_000, "the close", closed);
  assert.deepEqual([malformed, texts], [["not-an-ask"], []]);
});

Deno.test("library channel: a PING is answered by a PONG, and is no malformed ask", async () => {
  await using dir = await TempDir.make();
  await using made = await make(dir);
  const answered = new Promise<ArrayBuffer>((resolve) =>
    made.viewer.onmessage = ({ data }) => resolve(data as ArrayBuffer)
  );
  made.viewer.send(encodeBare("PING", 7));
  const frame = decodeFrame(await within(15_000, "the PONG", answered));
  assert.equal(frame.type, "PONG");
  assert.equal("streamId" in frame && frame.streamId, 7);
  assert.deepEqual(made.malformed, []);
});
