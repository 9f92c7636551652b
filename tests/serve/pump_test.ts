import assert from "node:assert/strict";
import { Answerer } from "../../src/rtc/answerer.ts";
import { type ByteChannel, ChannelClosedError } from "../../src/rtc/byte_channel.ts";
import { Pump, type PumpEvents } from "../../src/serve/pump.ts";
import { RangeReader } from "../../src/serve/range_reader.ts";
import { connect } from "../support/connect.ts";
import { STACKS } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { FrameChannel } from "../support/viewer.ts";
import { within } from "../support/within.ts";

/** A real channel that stops sending when told, as one whose stack has run into something. */
class Failing implements ByteChannel {
  failing = false;

  constructor(readonly channel: ByteChannel) {}

  get label(): string {
    return this.channel.label;
  }

  get inOrder(): boolean {
    return this.channel.inOrder;
  }

  get bufferedAmount(): number {
    return this.channel.bufferedAmount;
  }

  get sendMark(): number {
    return this.channel.sendMark;
  }

  get closed(): boolean {
    return this.channel.closed;
  }

  set onmessage(take: (message: Uint8Array | string) => void) {
    this.channel.onmessage = take;
  }

  set onclose(take: () => void) {
    this.channel.onclose = take;
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    if (this.failing) throw new ChannelClosedError();
    this.channel.send(message);
  }

  allocate(size: number): Uint8Array<ArrayBuffer> {
    return this.channel.allocate(size);
  }

  withdraw(unwanted: (message: Uint8Array) => boolean): number {
    return this.channel.withdraw(unwanted);
  }

  sendText(message: string): void {
    this.channel.sendText(message);
  }

  whenBelow(mark: number, signal: AbortSignal): Promise<void> {
    return this.channel.whenBelow(mark, signal);
  }

  close(): void {
    this.channel.close();
  }
}

interface Made {
  readonly channel: Failing;
  readonly viewer: FrameChannel;
  readonly pump: Pump;
  readonly happened: string[];
  readonly next: (name: string) => Promise<void>;
  close(): Promise<void>;
}

async function make(dir: TempDir, size: number, stallMs?: number): Promise<Made> {
  const peer = STACKS.libdatachannel();
  const answerer = new Answerer();
  const announced = new Promise<ByteChannel>((resolve) => answerer.onchannel = resolve);
  const viewer = new FrameChannel(peer.createDataChannel("file"));
  await connect(peer, answerer);
  const channel = new Failing(await within(15_000, "the channel", announced));
  const happened: string[] = [];
  let wake = () => {};
  const note = (name: string) => () => {
    happened.push(name);
    wake();
  };
  const events: PumpEvents = {
    frame: () => {},
    malformed: note("malformed"),
    duplicate: note("duplicate"),
    stalled: note("stalled"),
    overloaded: note("overloaded"),
    broken: note("broken"),
    load: () => {},
    range: note("range"),
  };
  const reader = new RangeReader(await Deno.open(await dir.put("a", new Uint8Array(size))));
  const pump = new Pump({
    channel,
    reader,
    name: "a",
    size,
    events,
    ...(stallMs === undefined ? {} : { stallMs }),
  });
  pump.start();
  await within(10_000, "HELLO", viewer.hello);
  return {
    channel,
    viewer,
    pump,
    happened,
    next: (name) =>
      within(
        10_000,
        name,
        (async () => {
          while (!happened.includes(name)) await new Promise<void>((resolve) => wake = resolve);
        })(),
      ),
    close: async () => {
      pump.stop();
      reader.close();
      peer.close();
      await answerer.close();
    },
  };
}

Deno.test("defect 32: a send that fails while the channel lives ends the session", async () => {
  await using dir = await TempDir.make();
  const made = await make(dir, 64 << 20);
  let received = 0;
  const flowing = Promise.withResolvers<void>();
  void made.viewer.read(0, 0, (data) => {
    received += data.byteLength;
    if (received > 1 << 20) flowing.resolve();
  });
  await within(10_000, "1 MiB", flowing.promise);
  made.channel.failing = true;
  await made.next("broken");
  await made.close();
});

Deno.test("pump: paused, it sends nothing new and keeps its requests", async () => {
  await using dir = await TempDir.make();
  const made = await make(dir, 1 << 20);
  made.pump.pause();
  let received = 0;
  const range = made.viewer.read(0, 0, (data) => received += data.byteLength);
  // The PONG shows that the request before it has arrived.
  const pong = new Promise<void>((resolve) => {
    made.viewer.onframe = (frame) => {
      if (frame.type === "PONG") resolve();
    };
  });
  made.viewer.send(new Uint8Array([5, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0]));
  await within(5_000, "the PONG", pong);
  assert.equal(received, 0);
  made.pump.resume();
  const { status, bytes } = await within(10_000, "the range", range);
  assert.deepEqual([status, bytes], [0, 1 << 20]);
  await made.close();
});

Deno.test("pump: a buffer that does not fall is told", async () => {
  await using dir = await TempDir.make();
  const made = await make(dir, 64 << 20, 300);
  // The viewer's process stops reading; SCTP's window and then the buffer fill.
  void made.viewer.read(0, 0);
  await made.viewer.channel.freeze();
  await made.next("stalled");
  made.viewer.channel.thaw();
  await made.close();
});
