import assert from "node:assert/strict";
import { PayloadProtocol } from "../../src/rtc/dcep.ts";
import { Association } from "../../src/rtc/sctp/association.ts";
import type { SctpChannel } from "../../src/rtc/sctp_channel.ts";
import { SctpTransport } from "../../src/rtc/sctp_transport.ts";
import { seeded } from "../support/seeded.ts";
import { within } from "../support/within.ts";

const STREAM = 1;

/** DATA_CHANNEL_OPEN (RFC 8832, section 5.1), reliable and in order. */
function open(label: string): Uint8Array {
  const text = new TextEncoder().encode(label);
  const message = new Uint8Array(12 + text.byteLength);
  message[0] = 3;
  new DataView(message.buffer).setUint16(8, text.byteLength);
  message.set(text, 12);
  return message;
}

/** A peer that does what a test tells it, packets in hand, beside a transport that it is connected to. */
async function connected() {
  const peer = new Association({ now: performance.now(), random: seeded(1) });
  const messages: string[] = [];
  const channels: SctpChannel[] = [];
  const waiting: { fits: () => boolean; resolve: () => void }[] = [];
  const look = () => {
    for (const { fits, resolve } of waiting) if (fits()) resolve();
  };
  const transport = new SctpTransport({
    send: (packets, sent) => {
      for (const packet of packets) {
        const copy = packet.slice();
        queueMicrotask(() => {
          peer.receive(copy, performance.now());
          flush();
        });
        sent();
      }
    },
    onchannel: (channel) => channels.push(channel),
    onended: () => {},
  });
  const flush = () => {
    for (let packet = peer.poll(performance.now()); packet; packet = peer.poll(performance.now())) {
      transport.receive(packet.slice());
    }
    look();
  };
  peer.onmessage = (_, ppid, data) =>
    messages.push(ppid === PayloadProtocol.STRING ? new TextDecoder().decode(data) : `ppid ${ppid}`);
  const clock = setInterval(() => {
    peer.tick(performance.now());
    flush();
  }, 5);
  peer.connect(performance.now());
  flush();
  const until = (what: string, fits: () => boolean) =>
    within(5_000, what, new Promise<void>((resolve) => fits() ? resolve() : waiting.push({ fits, resolve })));
  await until("the association", () => peer.state === "established");
  return {
    peer,
    messages,
    channels,
    until,
    send: (message: Uint8Array) => {
      peer.send(STREAM, PayloadProtocol.DCEP, message);
      flush();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(clock);
      await transport.abort();
    },
  };
}

Deno.test("a stream that the peer uses again before it has reset its side carries the new channel", async () => {
  await using world = await connected();
  const { peer, channels, messages, until, send } = world;
  send(open("first"));
  await until("a channel", () => channels.length === 1);
  let ended = false;
  channels[0]!.onclose = () => ended = true;
  peer.onincomingreset = () => {
    // As libdatachannel does: the next channel opens, and then the stream of the last is reset.
    send(open("second"));
    peer.resetStream(STREAM, performance.now());
  };
  channels[0]!.close();
  await until("another channel", () => channels.length === 2);
  assert.equal(ended, true);
  assert.equal(channels[1]!.label, "second");
  let reset = false;
  peer.onoutgoingreset = () => reset = true;
  await until("the peer's reset", () => reset);
  assert.equal(channels[1]!.closed, false);
  channels[1]!.sendText("heard");
  await until("what it says", () => messages.includes("heard"));
});

Deno.test("a stream that the peer has reset once for two channels, one of them opened too early, carries the next", async () => {
  await using world = await connected();
  const { peer, channels, messages, until, send } = world;
  send(open("first"));
  await until("a channel", () => channels.length === 1);
  peer.onincomingreset = () => {
    peer.onincomingreset = () => {};
    send(open("second"));
  };
  channels[0]!.close();
  await until("another channel", () => channels.length === 2);
  let reset = false;
  peer.onoutgoingreset = () => reset = true;
  peer.resetStream(STREAM, performance.now());
  await until("the peer's reset", () => reset);
  send(open("third"));
  await until("the next channel", () => channels.length === 3);
  assert.deepEqual(channels.map(({ closed }) => closed), [true, true, false]);
  channels[2]!.sendText("heard");
  await until("what it says", () => messages.includes("heard"));
});

Deno.test("a second OPEN on a channel in use is not heard", async () => {
  await using world = await connected();
  const { channels, messages, until, send } = world;
  send(open("first"));
  send(open("second"));
  await until("a channel", () => channels.length === 1);
  channels[0]!.sendText("still here");
  await until("what it says", () => messages.includes("still here"));
  assert.deepEqual(channels.map(({ label }) => label), ["first"]);
  assert.deepEqual(messages, [`ppid ${PayloadProtocol.DCEP}`, "still here"]);
});
