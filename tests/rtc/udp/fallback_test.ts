import "./without_listen_datagram.ts";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { UdpTransport } from "werift";
import { Answerer } from "../../../src/rtc/answerer.ts";
import type { ByteChannel } from "../../../src/rtc/byte_channel.ts";
import { connect } from "../../support/connect.ts";
import { seeded, seededBytes } from "../../support/seeded.ts";
import { STACK_NAMES, STACKS } from "../../support/stacks.ts";
import { within } from "../../support/within.ts";

const MESSAGES = 256;

/** Sends datagrams from a port of its own, which is no viewer's. */
async function send(datagrams: readonly Uint8Array[], port: number): Promise<void> {
  const socket = createSocket("udp4");
  for (const datagram of datagrams) {
    await new Promise((resolve) => socket.send(datagram, port, "127.0.0.1", resolve));
  }
  await new Promise<void>((resolve) => socket.close(resolve));
}

for (const stack of STACK_NAMES) {
  Deno.test(`udp: without Deno.listenDatagram bytes arrive, and a stranger's do not (${stack})`, async () => {
    const peer = STACKS[stack]();
    const answerer = new Answerer({ addresses: ["127.0.0.1"] });
    try {
      assert.equal(typeof Deno.listenDatagram, "undefined");
      const port = new Promise<number>((resolve) => {
        const { init } = UdpTransport;
        UdpTransport.init = async (...options) => {
          const transport = await init.apply(UdpTransport, options);
          assert.ok(transport instanceof UdpTransport, "werift's own");
          resolve(transport.port);
          return transport;
        };
      });
      const dc = peer.createDataChannel("a");
      const announced = new Promise<ByteChannel>((resolve) => answerer.onchannel = resolve);
      await connect(peer, answerer);
      const channel = await within(15_000, "the channel", announced);
      const [sent, received] = [createHash("sha256"), createHash("sha256")];
      let count = 0;
      const all = new Promise<void>((resolve) => {
        dc.onmessage = ({ data }) => {
          received.update(new Uint8Array(data as ArrayBuffer));
          if (++count === MESSAGES) resolve();
        };
      });
      const random = seeded(15);
      for (let i = 0; i < MESSAGES; i++) {
        const message = seededBytes(random, 16_384);
        sent.update(message);
        channel.send(message);
        const record = new Uint8Array([
          23,
          254,
          253,
          0,
          1,
          0,
          0,
          0,
          0,
          0,
          i,
          0,
          16,
          ...message.subarray(0, 16),
        ]);
        await send([record, message.subarray(0, 100), new Uint8Array(0)], await port);
      }
      await within(20_000, "all messages", all);
      assert.equal(received.digest("hex"), sent.digest("hex"));
      const dropped = async () => {
        while (answerer.iceCounts.dropped.stranger < MESSAGES) await new Promise((r) => setTimeout(r, 1));
      };
      await within(5_000, "the stranger's records to be dropped", dropped());
    } finally {
      peer.close();
      await answerer.close();
    }
  });
}
