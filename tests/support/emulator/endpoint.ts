/** The largest datagram. */
const RECEIVE_SIZE = 65_536;

/** A UDP socket that sends in order. */
export class Endpoint {
  readonly #socket: Deno.DatagramConn;
  #open = true;
  #tail: Promise<unknown> = Promise.resolve();
  #unsent = 0;

  /** @throws {Deno.errors} where the address is not one of this machine's */
  constructor(hostname: string) {
    this.#socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  }

  get port(): number {
    return (this.#socket.addr as Deno.NetAddr).port;
  }

  /** Resolves when the system has the datagram; one that it does not take is lost, as on any path. */
  async send(data: Uint8Array, to: Deno.NetAddr): Promise<void> {
    // A send that has to wait, as the first one of a socket does, is overtaken by what is sent after it.
    const sent = this.#unsent++ === 0
      ? this.#socket.send(data, to)
      : this.#tail.then(() => this.#socket.send(data, to));
    this.#tail = sent.catch(() => {});
    await this.#tail;
    this.#unsent--;
  }

  /** Hands on each datagram, whose bytes are valid during the call only, until the socket is closed. */
  async receive(take: (data: Uint8Array, from: Deno.NetAddr) => void): Promise<void> {
    const buffer = new Uint8Array(RECEIVE_SIZE);
    while (this.#open) {
      try {
        const [data, from] = await this.#socket.receive(buffer);
        take(data, from as Deno.NetAddr);
      } catch {
        // An ICMP answer to something sent earlier, or the socket was closed.
      }
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close();
  }
}
