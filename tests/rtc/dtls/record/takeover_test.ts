import "../../../../src/rtc/quiet_env.ts";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Event, RTCDtlsParameters, RTCDtlsTransport, type RTCIceTransport } from "werift";
import { RecordError } from "../../../../src/rtc/dtls/record/errors.ts";
import { readSequence } from "../../../../src/rtc/dtls/record/layout.ts";
import type { RecordLayer } from "../../../../src/rtc/dtls/record/record_layer.ts";
import { takeOver } from "../../../../src/rtc/dtls/record/takeover.ts";
import { records } from "../../../../src/rtc/dtls/record_header.ts";
import { BACKENDS, sealOne } from "./support.ts";

/** One end of a wire in memory, in the shape of an ICE transport. */
class WireEnd {
  readonly onData = new Event<[Buffer]>();
  readonly sent: Uint8Array[] = [];
  other!: WireEnd;

  send(datagram: Uint8Array): Promise<void> {
    this.sent.push(new Uint8Array(datagram));
    queueMicrotask(() => this.other.onData.execute(Buffer.from(datagram)));
    return Promise.resolve();
  }

  transport(): RTCIceTransport {
    const connection = { onData: this.onData, send: (data: Uint8Array) => this.send(data), close() {} };
    return { connection, role: "controlled", stop: () => Promise.resolve() } as unknown as RTCIceTransport;
  }
}

const certificate = await RTCDtlsTransport.SetupCertificate();

/** A client and a server of werift's after their handshake, and the wire between them. */
async function connected() {
  const [near, far] = [new WireEnd(), new WireEnd()];
  [near.other, far.other] = [far, near];
  const client = new RTCDtlsTransport({}, near.transport(), certificate, []);
  const server = new RTCDtlsTransport({}, far.transport(), certificate, []);
  client.role = "client";
  server.role = "server";
  client.setRemoteParams(new RTCDtlsParameters(certificate.getFingerprints(), "server"));
  server.setRemoteParams(new RTCDtlsParameters(certificate.getFingerprints(), "client"));
  await Promise.all([server.start(), client.start()]);
  return { client, server, near, far };
}

/** The numbers of the records that were sealed under the keys, in the order they were sent. */
function numbers(sent: Uint8Array[]): number[] {
  return sent.flatMap((datagram) =>
    [...records(datagram)].filter(({ epoch }) => epoch === 1).map(({ bytes }) => readSequence(bytes))
  );
}

function receiveFrom(wire: WireEnd, layer: RecordLayer): Buffer[] {
  const packets: Buffer[] = [];
  layer.onpacket = (packet) => packets.push(Buffer.from(packet));
  wire.onData.subscribe((datagram) => layer.receive(datagram));
  return packets;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

for (const backend of BACKENDS) {
  Deno.test(`takeover, ${backend.name}: both directions go on, and no number comes twice`, async () => {
    const { client, server, near } = await connected();
    await client.sendData(Buffer.from("before"));
    const layer = takeOver(client.dtls, backend)!;
    const fromServer = receiveFrom(near, layer);
    const atServer: string[] = [];
    server.dataReceiver = (packet) => atServer.push(packet.toString());
    for (let i = 0; i < 50; i++) {
      await near.send(sealOne(layer, Buffer.from(`up ${i}`)));
      await server.sendData(Buffer.from(`down ${i}`));
    }
    await settled();
    assert.deepEqual(atServer.slice(-50), Array.from({ length: 50 }, (_, i) => `up ${i}`));
    assert.deepEqual(fromServer.map(String), Array.from({ length: 50 }, (_, i) => `down ${i}`));
    const used = numbers(near.sent).slice(-51);
    const taken = used.slice(1);
    assert.ok(used.length === 51 && taken.every((number, index) => number > used[index]!));
    // Finished and what werift sent before were lower, too.
    const earlier = numbers(near.sent).slice(0, -50);
    assert.ok(earlier.length >= 2 && Math.max(...earlier) < taken[0]!, `${earlier} before ${taken[0]}`);
  });

  Deno.test(`takeover, ${backend.name}: nothing of werift's seals or opens afterwards`, async () => {
    const { client, server, near } = await connected();
    const delivered: string[] = [];
    client.dataReceiver = (packet) => delivered.push(packet.toString());
    const layer = takeOver(client.dtls, backend)!;
    const sent = near.sent.length;
    const isTaken = (error: unknown) => error instanceof RecordError && error.type === "taken-over";
    await assert.rejects(client.sendData(Buffer.from("late")), isTaken);
    await assert.rejects(client.dtls!.send(Buffer.from("late")), isTaken);
    assert.throws(() => client.dtls!.cipher.encryptPacket({} as never), isTaken);
    assert.equal(near.sent.length, sent);
    const packets = receiveFrom(near, layer);
    await server.sendData(Buffer.from("once"));
    await settled();
    assert.deepEqual([delivered, packets.map(String)], [[], ["once"]]);
  });

  Deno.test(`takeover, ${backend.name}: happens once`, async () => {
    const { client } = await connected();
    assert.ok(takeOver(client.dtls, backend));
    assert.throws(
      () => takeOver(client.dtls, backend),
      (error) => error instanceof RecordError && error.type === "key-in-use",
    );
  });

  Deno.test(`takeover, ${backend.name}: close_notify is understood by the other side`, async () => {
    const { client, server, near } = await connected();
    const layer = takeOver(client.dtls, backend)!;
    await near.send(layer.closeNotify()!);
    await settled();
    assert.equal(server.state, "closed");
  });
}

/** What another version of werift, or another handshake, might look like. */
const STRANGERS: [string, (socket: Socket) => void][] = [
  ["not connected", (socket) => socket.connected = false],
  ["a server", (socket) => socket.sessionType = 2],
  ["no send", (socket) => socket.send = undefined],
  ["no transport", (socket) => socket.transport = undefined],
  ["epoch 0", (socket) => socket.dtls.epoch = 0],
  ["another version", (socket) => socket.dtls.version = { major: 254, minor: 255 }],
  ["no sequence number", (socket) => socket.dtls.recordSequenceNumber = undefined],
  ["a sequence number at its end", (socket) => socket.dtls.recordSequenceNumber = 2 ** 48],
  ["no last flight", (socket) => socket.dtls.lastMessage = undefined],
  [
    "Finished is not in the last flight",
    (socket) => socket.dtls.lastMessage = socket.dtls.lastMessage.slice(0, -1),
  ],
  ["another suite", (socket) => socket.cipher.cipherSuite = 0xcca9],
  ["another cipher", (socket) => socket.cipher.cipher.blockAlgorithm = "aes-256-gcm"],
  ["no write key", (socket) => socket.cipher.cipher.clientWriteKey = undefined],
  ["a longer key", (socket) => socket.cipher.cipher.serverWriteKey = Buffer.alloc(32)],
  ["only a salt", (socket) => socket.cipher.cipher.clientNonce = Buffer.alloc(4)],
  ["no nonce", (socket) => socket.cipher.cipher.serverNonce = undefined],
  ["no encryptPacket", (socket) => socket.cipher.encryptPacket = undefined],
];

// deno-lint-ignore no-explicit-any -- fields of any kind are the point here
type Socket = any;

Deno.test("takeover: what is not as expected stays with werift, untouched", async () => {
  const { client, server } = await connected();
  const socket: Socket = client.dtls;
  for (const [name, change] of STRANGERS) {
    const stranger = {
      ...socket,
      transport: { socket: { onData() {} } },
      dtls: { ...socket.dtls },
      cipher: {
        ...socket.cipher,
        encryptPacket() {},
        cipher: { ...socket.cipher.cipher },
      },
    };
    change(stranger);
    const { send, cipher: { encryptPacket } } = stranger;
    assert.equal(takeOver(stranger, BACKENDS[0]!), undefined, name);
    assert.ok(stranger.send === send && stranger.cipher.encryptPacket === encryptPacket, name);
  }
  for (const nothing of [undefined, null, 1, "socket", {}, []]) {
    assert.equal(takeOver(nothing, BACKENDS[0]!), undefined);
  }
  const received: string[] = [];
  server.dataReceiver = (packet) => received.push(packet.toString());
  await client.sendData(Buffer.from("still here"));
  await settled();
  assert.deepEqual(received, ["still here"]);
});
