import { type Detour, hostAddress, mapCandidates, withoutCandidates, withPort } from "./emulator/detour.ts";

/** Which way a datagram goes. */
export type Direction = "to box" | "to viewer";

export interface UdpForwarderOptions {
  /** Where the box is; may be told later by {@link UdpForwarder.target}. */
  readonly target?: Deno.NetAddr | undefined;
  /** The address it listens on and reaches the box from; 127.0.0.1 where it is left out. */
  readonly hostname?: string | undefined;
  /**
   * Sees each datagram, whose memory is used again after the call. What it returns goes on in its place;
   * nothing returned: the datagram itself.
   */
  readonly onto?: ((datagram: Uint8Array, direction: Direction) => readonly Uint8Array[] | void) | undefined;
}

/** The largest datagram. */
const RECEIVE_SIZE = 65_536;

/** Addresses of one viewer at most: its sockets, before and after restarts. */
const MAX_ROUTES = 64;

/** An address of the viewer's, and the socket that the box takes for it. */
interface Route {
  readonly viewer: Deno.NetAddr;
  readonly socket: Deno.DatagramConn;
}

/**
 * Stands between a viewer and one port of a box: the viewer sends to its port, and the box sees a socket of
 * its for each of the viewer's. All in the test's own event loop, in order and without delay.
 */
export class UdpForwarder implements Disposable {
  /** Where the box is; what comes before it is known is dropped. */
  target: Deno.NetAddr | undefined;
  readonly #front: Deno.DatagramConn;
  readonly #hostname: string;
  readonly #onto: NonNullable<UdpForwarderOptions["onto"]>;
  readonly #routes = new Map<string, Route>();
  /** The route that carried a datagram last. */
  #last: Route | undefined;
  #cut = false;
  #closed = false;

  private constructor({ target, hostname = "127.0.0.1", onto = () => {} }: UdpForwarderOptions) {
    this.target = target;
    this.#hostname = hostname;
    this.#onto = onto;
    this.#front = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
    void this.#listen();
  }

  static start(options: UdpForwarderOptions = {}): UdpForwarder {
    return new UdpForwarder(options);
  }

  /** Where a viewer sends to. */
  get address(): Deno.NetAddr {
    return this.#front.addr as Deno.NetAddr;
  }

  /** Where the box has the viewer's datagrams from; undefined before there were any. */
  get outerAddress(): Deno.NetAddr | undefined {
    return this.#last?.socket.addr as Deno.NetAddr | undefined;
  }

  /** Forwards nothing more. */
  cut(): void {
    this.#cut = true;
  }

  mend(): void {
    this.#cut = false;
  }

  /** The viewer's address towards the box becomes another, as behind a NAT that has forgotten it. */
  rebind(): void {
    for (const { socket } of this.#routes.values()) socket.close();
    this.#routes.clear();
    this.#last = undefined;
  }

  /** Sends a datagram over the route that was used last, as if it had come from the other end. */
  async inject(datagram: Uint8Array, direction: Direction): Promise<void> {
    if (this.#last !== undefined) await this.#send(this.#last, datagram, direction);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#front.close();
    this.rebind();
  }

  async #listen(): Promise<void> {
    await this.#receive(this.#front, () => !this.#closed, async (datagram, viewer) => {
      if (this.target === undefined) return;
      const key = `${viewer.hostname} ${viewer.port}`;
      let route = this.#routes.get(key);
      if (route === undefined) {
        if (this.#routes.size >= MAX_ROUTES) return;
        route = { viewer, socket: this.#bind() };
        this.#routes.set(key, route);
        void this.#answer(key, route);
      }
      await this.#forward(route, datagram, "to box");
    });
  }

  async #answer(key: string, route: Route): Promise<void> {
    await this.#receive(route.socket, () => this.#routes.get(key) === route, async (datagram, from) => {
      if (from.port === this.target?.port) await this.#forward(route, datagram, "to viewer");
    });
  }

  async #forward(route: Route, datagram: Uint8Array, direction: Direction): Promise<void> {
    if (this.#cut) return;
    this.#last = route;
    const instead = this.#onto(datagram, direction);
    if (instead === undefined) return await this.#send(route, datagram, direction);
    for (const other of instead) await this.#send(route, other, direction);
  }

  async #send({ socket, viewer }: Route, datagram: Uint8Array, direction: Direction): Promise<void> {
    try {
      if (direction === "to viewer") await this.#front.send(datagram, viewer);
      else await socket.send(datagram, this.target!);
    } catch {
      // Refused at the other end, or closed meanwhile: lost, as on any path.
    }
  }

  #bind(): Deno.DatagramConn {
    return Deno.listenDatagram({ transport: "udp", hostname: this.#hostname, port: 0 });
  }

  async #receive(
    socket: Deno.DatagramConn,
    open: () => boolean,
    take: (datagram: Uint8Array, from: Deno.NetAddr) => Promise<void>,
  ): Promise<void> {
    const buffer = new Uint8Array(RECEIVE_SIZE);
    while (open()) {
      let received: [Uint8Array, Deno.Addr];
      try {
        received = await socket.receive(buffer);
      } catch {
        // An ICMP answer to something sent earlier, or the socket was closed.
        continue;
      }
      await take(received[0], received[1] as Deno.NetAddr);
    }
  }
}

/**
 * Leads a viewer's connection through forwarders alone: the box learns none of its candidates, and of the
 * box's host candidates it gets those at a forwarder's address, with the forwarder's port.
 */
export function through(...forwarders: readonly UdpForwarder[]): Detour {
  // deno-lint-ignore require-await -- a detour may have to ask for the port first.
  const candidate = async (text: string): Promise<string | undefined> => {
    const box = hostAddress(text);
    const forwarder = forwarders.find(({ address }) => address.hostname === box?.hostname);
    if (box === undefined || forwarder === undefined) return undefined;
    forwarder.target = { ...box, transport: "udp" };
    return withPort(text, forwarder.address.port);
  };
  return { offer: withoutCandidates, answer: (sdp) => mapCandidates(sdp, candidate), candidate };
}
