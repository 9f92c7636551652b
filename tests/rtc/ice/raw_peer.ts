import { Ice } from "../../../src/rtc/ice/ice.ts";
import { type IceCredentials, newCredentials } from "../../../src/rtc/ice/credentials.ts";
import { within } from "../../support/within.ts";
import { readStun, StunClass, type StunMessage } from "../../../src/rtc/ice/stun_message.ts";
import { answer, check } from "./checks.ts";

/** An agent on 127.0.0.1 with its checks under way, and the credentials of a peer that the test plays. */
export class RawPeer implements AsyncDisposable {
  readonly own: IceCredentials = newCredentials();
  readonly ice: Ice;
  /** Resolves when a pair has been selected. */
  readonly connected: Promise<void>;
  readonly #port: Promise<number>;

  constructor(addresses: readonly string[] = ["127.0.0.1"]) {
    this.ice = new Ice({ iceServers: [], addresses, log: () => {} });
    this.#port = new Promise((resolve) => {
      this.ice.oncandidate = (candidate) => {
        if (candidate !== null) resolve(Number(candidate.split(" ")[5]));
      };
    });
    this.ice.begin({ ...this.own, iceLite: false });
    this.connected = this.ice.connect();
    this.connected.catch(() => {});
  }

  /** Where the agent listens. */
  async address(): Promise<Deno.NetAddr> {
    return { transport: "udp", hostname: "127.0.0.1", port: await within(5_000, "a candidate", this.#port) };
  }

  /** A check of this peer. */
  check(options: Partial<Parameters<typeof check>[0]> = {}): Uint8Array<ArrayBuffer> {
    return check({ to: this.ice.credentials, from: this.own, ...options });
  }

  /** Resolves when the agent has dropped so many datagrams. */
  async dropped(count: number): Promise<void> {
    const sum = () => Object.values(this.ice.counts.dropped).reduce((a, b) => a + b);
    while (sum() < count) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Resolves when a socket's pair has been selected. */
  async select(socket: AnsweringSocket): Promise<void> {
    await socket.send(this.check({ useCandidate: true }), await this.address());
    await within(5_000, "a pair", this.connected);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ice.stop();
  }
}

/** A socket of a peer that answers checks. */
export class AnsweringSocket implements Disposable {
  /** Answers that came. */
  readonly messages: StunMessage[] = [];
  /** Something came that is not STUN. */
  ondata: () => void = () => {};
  readonly #socket = bind();
  #changed = () => {};

  /** @param password of the peer */
  constructor(password: string) {
    void this.#listen(password);
  }

  async send(datagram: Uint8Array, to: Deno.NetAddr): Promise<void> {
    await this.#socket.send(datagram, to);
  }

  /** Resolves when a message has come that answers `request`. */
  async answerTo(request: Uint8Array): Promise<StunMessage> {
    const id = readStun(request)!.transactionId;
    const find = async () => {
      for (;;) {
        const message = this.messages.find(({ transactionId }) => transactionId === id);
        if (message !== undefined) return message;
        await new Promise<void>((resolve) => this.#changed = resolve);
      }
    };
    return await within(5_000, "an answer", find());
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  async #listen(password: string): Promise<void> {
    for await (const [datagram, from] of this.#socket) {
      const message = readStun(datagram.slice());
      if (message === undefined) {
        this.ondata();
        continue;
      }
      if (message.class === StunClass.REQUEST) {
        await this.#socket.send(answer(datagram, password), from).catch(() => 0);
        continue;
      }
      this.messages.push(message);
      this.#changed();
    }
  }
}

/** A UDP socket on an address of this machine's. */
export function bind(hostname = "127.0.0.1"): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
}

/** Sends datagrams from a port of its own. */
export async function sendAsStranger(datagrams: readonly Uint8Array[], to: Deno.NetAddr): Promise<void> {
  const socket = bind();
  for (const datagram of datagrams) await socket.send(datagram, to);
  socket.close();
}
