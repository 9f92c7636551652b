import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { classes, Message, methods, UdpTransport } from "werift";
import { Answerer } from "../../../src/rtc/answerer.ts";
import type { ByteChannel } from "../../../src/rtc/byte_channel.ts";
import { connect } from "../../support/connect.ts";
import { type DataChannel, type PeerConnection, STACKS } from "../../support/stacks.ts";
import { Coturn } from "../../support/coturn.ts";
import { within } from "../../support/within.ts";
import { check } from "./checks.ts";
import { sendAsStranger } from "./raw_peer.ts";
import { FULL } from "../../support/extent.ts";

const installed = await Coturn.installed();

type Transport = "udp" | "tcp";

/** What a stranger sends: a record and a check. */
const RECORD = Buffer.from([23, 254, 253, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
const NOBODY = { usernameFragment: "a", password: "b" };
const CHECK = Buffer.from(check({ to: NOBODY, from: NOBODY }));

/** A viewer and an answerer that has nothing but a relayed candidate. */
class Relayed {
  readonly peer: PeerConnection = STACKS.libwebrtc();
  readonly answerer: Answerer;
  readonly #dc: DataChannel = this.peer.createDataChannel("a");
  #channel: ByteChannel | undefined;
  /** The relayed candidate's fields. */
  candidate: readonly string[] = [];

  constructor(turn: Coturn, transport: Transport) {
    this.answerer = new Answerer({
      addresses: [],
      iceServers: [{
        urls: `turn:127.0.0.1:${turn.port}?transport=${transport}`,
        username: Coturn.username,
        credential: Coturn.credential,
      }],
    });
  }

  async connect(): Promise<void> {
    const announced = new Promise<ByteChannel>((resolve) => this.answerer.onchannel = resolve);
    await this.#negotiate();
    // A request that is sent until it is given up takes 6.4 s.
    this.#channel = await within(5_000, "the channel", announced);
    assert.equal(this.answerer.selectedPair?.local, "relay");
  }

  /** Restarts ICE and waits for the new pair. */
  async restart(): Promise<void> {
    const again = new Promise<void>((resolve) => {
      this.answerer.onstatechange = (state) => {
        if (state === "connected") resolve();
      };
    });
    await this.#negotiate({ iceRestart: true });
    await within(10_000, "connected", again);
  }

  /** A message arrives. */
  async works(): Promise<void> {
    const received = new Promise((resolve) => this.#dc.onmessage = resolve);
    this.#channel!.send(new Uint8Array([1, 2, 3]));
    await within(5_000, "a message", received);
  }

  /** Resolves when so many more datagrams have been dropped. */
  async dropped(count: number, send: () => Promise<void>): Promise<void> {
    const { dropped } = this.answerer.iceCounts;
    const sum = () => Object.values(dropped).reduce((a, b) => a + b);
    const before = sum();
    await send();
    const all = async () => {
      while (sum() < before + count) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await within(5_000, "all of them dropped", all());
  }

  async close(): Promise<void> {
    this.peer.close();
    await this.answerer.close();
  }

  async #negotiate(init = {}): Promise<void> {
    const connected = connect(this.peer, this.answerer, init);
    const give = this.answerer.oncandidate;
    this.answerer.oncandidate = (candidate) => {
      if (candidate !== null) this.candidate = candidate.candidate.split(" ");
      give(candidate);
    };
    await connected;
  }
}

function turnTest(name: string, transport: Transport, run: (relayed: Relayed) => Promise<void>): void {
  Deno.test({
    name: `turn: ${name}${installed ? "" : " (coturn is missing)"}`,
    ignore: !installed && !FULL,
    fn: async () => {
      await using turn = await Coturn.start();
      const relayed = new Relayed(turn, transport);
      try {
        await run(relayed);
      } finally {
        await relayed.close();
      }
    },
  });
}

for (const transport of ["udp", "tcp"] as const) {
  turnTest(
    `a server's new nonce does not hold the connection up (${transport})`,
    transport,
    async (relayed) => {
      await relayed.connect();
      await relayed.works();
    },
  );
}

turnTest("who writes like the server, from elsewhere, is not heard", "udp", async (relayed) => {
  await relayed.connect();
  // Where the server sees the box: the address that a relayed candidate is related to.
  const port = Number(relayed.candidate[relayed.candidate.indexOf("rport") + 1]);
  const datagrams = [RECORD, CHECK].flatMap((data) => [
    data,
    // ChannelData of the first channel (RFC 8656, section 12.4), and a Data indication (section 11.4).
    Buffer.concat([Buffer.from([0x40, 0, 0, data.length]), data]),
    new Message(methods.DATA, classes.INDICATION)
      .setAttribute("XOR-PEER-ADDRESS", ["127.0.0.1", 5_000])
      .setAttribute("DATA", data).bytes,
  ]);
  await relayed.dropped(
    datagrams.length,
    () => sendAsStranger(datagrams, { transport: "udp", hostname: "127.0.0.1", port }),
  );
  assert.ok(relayed.answerer.iceCounts.dropped.stranger >= datagrams.length);
  await relayed.works();
});

turnTest("what comes by way of the server is looked at too", "udp", async (relayed) => {
  await relayed.connect();
  // A permission lets everything from the viewer's IP address through, whatever the port.
  const [hostname, port] = [relayed.candidate[4]!, Number(relayed.candidate[5])];
  await relayed.dropped(2, () => sendAsStranger([RECORD, CHECK], { transport: "udp", hostname, port }));
  const { stranger: strangers, username } = relayed.answerer.iceCounts.dropped;
  assert.deepEqual([strangers > 0, username > 0], [true, true]);
  await relayed.works();
});

turnTest("restarts do not pile up relayed addresses", "udp", async (relayed) => {
  const sockets: { readonly closed: boolean }[] = [];
  const { init } = UdpTransport;
  UdpTransport.init = async (...options) => {
    const socket = await init.apply(UdpTransport, options);
    sockets.push(socket);
    return socket;
  };
  try {
    await relayed.connect();
    for (let i = 0; i < 5; i++) await relayed.restart();
    assert.equal(sockets.length, 6);
    assert.ok(sockets.filter(({ closed }) => !closed).length <= 3);
    await relayed.works();
  } finally {
    UdpTransport.init = init;
  }
});
