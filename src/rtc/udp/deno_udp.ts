import { Buffer } from "node:buffer";

/** The largest datagram that is read whole. */
const RECEIVE_SIZE = 65_536;

/** An address as werift writes it. */
export type Address = readonly [string, number];

/**
 * A UDP socket of Deno's own behind the shape of werift's transport: a call of `node:dgram` costs about
 * twice as much each way.
 */
export class DenoUdp {
  readonly type = "udp";
  onData: (data: Buffer, address: Address) => void = () => {};
  closed = false;
  readonly #socket: Deno.DatagramConn;
  readonly #local: Deno.NetAddr;

  private constructor(socket: Deno.DatagramConn) {
    this.#socket = socket;
    this.#local = socket.addr as Deno.NetAddr;
    void this.#receive();
  }

  /** @throws {Deno.errors} where the port cannot be had */
  static open(family: 4 | 6, port = 0, hostname = family === 4 ? "0.0.0.0" : "::"): DenoUdp {
    return new DenoUdp(Deno.listenDatagram({ transport: "udp", hostname, port }));
  }

  get address(): { address: string; family: string; port: number } {
    const { hostname, port } = this.#local;
    return { address: hostname, family: this.addressFamily === 4 ? "IPv4" : "IPv6", port };
  }

  get addressFamily(): 4 | 6 {
    return this.#local.hostname.includes(":") ? 6 : 4;
  }

  get host(): string {
    return this.#local.hostname;
  }

  get port(): number {
    return this.#local.port;
  }

  /** Sends a datagram, whose bytes are in use until the promise resolves. One that cannot be sent is lost. */
  send = (data: Uint8Array, address?: Address): Promise<void> => {
    if (address === undefined) return Promise.resolve();
    return this.sendTo(data, { transport: "udp", hostname: address[0], port: address[1] });
  };

  /** The same to an address that is kept, with nothing made for each datagram. */
  sendTo(data: Uint8Array, address: Deno.NetAddr): Promise<void> {
    if (this.closed) return Promise.resolve();
    // No route, a full buffer, refused at the other end: to the layers above they are all a lost packet.
    return this.#socket.send(data, address).then(nothing, nothing);
  }

  close = (): Promise<void> => {
    if (!this.closed) {
      this.closed = true;
      this.#socket.close();
    }
    return Promise.resolve();
  };

  async #receive(): Promise<void> {
    // One buffer for all: whoever keeps a datagram beyond the call copies it.
    const buffer = new Uint8Array(RECEIVE_SIZE);
    while (!this.closed) {
      try {
        const [data, from] = await this.#socket.receive(buffer);
        const { hostname, port } = from as Deno.NetAddr;
        this.onData(Buffer.from(data.buffer, data.byteOffset, data.byteLength), [hostname, port]);
      } catch (error) {
        if (this.closed || error instanceof Deno.errors.BadResource) return;
        // An ICMP answer to something sent earlier: the socket lives on.
      }
    }
  }
}

function nothing(): void {}
