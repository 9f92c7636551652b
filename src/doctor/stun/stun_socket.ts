import { sameAddress } from "../../rtc/ice/address.ts";
import { readStun, type StunMessage } from "../../rtc/ice/stun_message.ts";
import { DenoUdp } from "../../rtc/udp/deno_udp.ts";
import { type Endpoint, familyOf } from "./codec.ts";
import type { StunLine } from "./stun_line.ts";

/** When a request is sent and sent again, in milliseconds (RFC 8489, section 6.2.1: RTO of 500 ms, doubled). */
const SENT_AT_MS = [0, 500, 1_500, 3_000];

/** When no answer is waited for any more. */
const PATIENCE_MS = 4_500;

interface Waiting {
  readonly from: Endpoint;
  take(answer: StunMessage): void;
}

/** A UDP socket, or one of each family, from which any number of servers is asked. */
export class StunSocket {
  readonly #sockets = new Map<4 | 6, DenoUdp>();
  /** By transaction. */
  readonly #waiting = new Map<string, Waiting>();

  /** The local port from which servers of a family were asked; undefined where none was. */
  port(family: 4 | 6): number | undefined {
    return this.#sockets.get(family)?.port;
  }

  /**
   * Sends a request; answers undefined where nothing comes back in time.
   *
   * @throws {Deno.errors} where the machine has no sockets of that family
   */
  async ask(request: Uint8Array, to: Endpoint): Promise<StunMessage | undefined> {
    const socket = this.#socket(familyOf(to));
    const { transactionId } = readStun(request)!;
    const timers: ReturnType<typeof setTimeout>[] = [];
    try {
      return await new Promise((resolve) => {
        this.#waiting.set(transactionId, { from: to, take: resolve });
        const send = () => void socket.sendTo(request, { transport: "udp", ...to });
        for (const ms of SENT_AT_MS) timers.push(setTimeout(send, ms));
        timers.push(setTimeout(() => resolve(undefined), PATIENCE_MS));
      });
    } finally {
      for (const timer of timers) clearTimeout(timer);
      this.#waiting.delete(transactionId);
    }
  }

  /** The socket as a way to one server. */
  line(to: Endpoint): StunLine {
    return { ask: (request) => this.ask(request, to), close: () => this.close() };
  }

  close(): void {
    for (const socket of this.#sockets.values()) void socket.close();
  }

  #socket(family: 4 | 6): DenoUdp {
    let socket = this.#sockets.get(family);
    if (socket === undefined) {
      socket = DenoUdp.open(family);
      this.#sockets.set(family, socket);
      socket.onData = (data, [hostname, port]) => {
        // A copy: the socket's memory is used again.
        const answer = readStun(new Uint8Array(data));
        const waiting = answer && this.#waiting.get(answer.transactionId);
        if (waiting?.from.port === port && sameAddress(hostname, waiting.from.hostname)) {
          waiting.take(answer!);
        }
      };
    }
    return socket;
  }
}
