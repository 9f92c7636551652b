import assert from "node:assert/strict";
import { Answerer } from "../../src/rtc/answerer.ts";
import { type ByteChannel, ChannelClosedError } from "../../src/rtc/byte_channel.ts";
import { connect } from "../support/connect.ts";
import { STACKS } from "../support/stacks.ts";
import { within } from "../support/within.ts";

async function open(): Promise<{ channel: ByteChannel; close(): Promise<void> }> {
  const peer = STACKS.libdatachannel();
  const answerer = new Answerer();
  const announced = new Promise<ByteChannel>((resolve) => answerer.onchannel = resolve);
  peer.createDataChannel("a");
  await connect(peer, answerer);
  return {
    channel: await within(15_000, "the channel", announced),
    close: async () => {
      peer.close();
      await answerer.close();
    },
  };
}

Deno.test("defect 31: the low-water event wakes every waiter at once", async () => {
  const { channel, close } = await open();
  for (let i = 0; i < 32; i++) channel.send(new Uint8Array(16_396));
  assert.ok(channel.bufferedAmount > 65_536);
  const never = new AbortController();
  const woken: number[] = [];
  await within(
    5_000,
    "all waiters",
    Promise.all([0, 1, 2, 3].map(async (i) => {
      await channel.whenBelow(65_536, never.signal);
      woken.push(i);
      assert.ok(channel.bufferedAmount <= 65_536);
    })),
  );
  assert.deepEqual(woken.sort(), [0, 1, 2, 3]);
  await close();
});

Deno.test("channel: who waits is let go by the end of the channel and by an abort", async () => {
  const { channel, close } = await open();
  for (let i = 0; i < 200; i++) channel.send(new Uint8Array(16_396));
  const stop = new AbortController();
  const aborted = channel.whenBelow(0, stop.signal);
  stop.abort();
  await within(1_000, "the abort", aborted);
  const ended = channel.whenBelow(-1, new AbortController().signal);
  await close();
  await within(5_000, "the end", ended);
  assert.throws(() => channel.send(new Uint8Array(1)), ChannelClosedError);
});
