import type { Clock } from "./clock.ts";
import type { Endpoint, Packet } from "./endpoint.ts";
import type { Path } from "./path.ts";

/** A run that polls this often without time going by has two ends that feed each other for ever. */
const POLLS_AT_ONCE = 1_000_000;

export interface FlowOptions {
  /** When the flow's ends are first asked for packets, in ms. */
  readonly start?: number;
  /** Timers fire at multiples of this, in ms, as those of an event loop do; 0 for exact ones. */
  readonly timerGranularity?: number;
}

/** Joins two ends by a path; flows that are given the same path share its links and queues. */
export function join<P extends Packet>(
  clock: Clock,
  path: Path,
  a: Endpoint<P>,
  b: Endpoint<P>,
  options: FlowOptions = {},
): void {
  const granularity = options.timerGranularity ?? 0;
  const left: Node<P> = new Node(clock, a, granularity, (packet, size) => {
    path.up.send(size, (now) => right.receive(packet, now));
  });
  const right: Node<P> = new Node(clock, b, granularity, (packet, size) => {
    path.down.send(size, (now) => left.receive(packet, now));
  });
  clock.at(options.start ?? clock.now, (now) => {
    left.serve(now);
    right.serve(now);
  });
}

/** Drives one end: gives it packets and timeouts, and drains what it wants to send. */
class Node<P extends Packet> {
  readonly #clock: Clock;
  readonly #endpoint: Endpoint<P>;
  readonly #granularity: number;
  readonly #send: (packet: P, size: number) => void;
  #wakeAt = Infinity;

  constructor(
    clock: Clock,
    endpoint: Endpoint<P>,
    granularity: number,
    send: (packet: P, size: number) => void,
  ) {
    this.#clock = clock;
    this.#endpoint = endpoint;
    this.#granularity = granularity;
    this.#send = send;
  }

  receive(packet: P, now: number): void {
    this.#endpoint.receive(packet, now);
    this.serve(now);
  }

  serve(now: number): void {
    const endpoint = this.#endpoint;
    const due = endpoint.nextTimeout;
    if (due !== undefined && due <= now) endpoint.tick(now);
    for (let polls = 0;; polls++) {
      const packet = endpoint.poll(now);
      if (packet === undefined) break;
      if (polls > POLLS_AT_ONCE) throw new Error("an end sends without end");
      this.#send(packet instanceof Uint8Array ? packet.slice() as unknown as P : packet, packet.byteLength);
    }
    this.#sleep(now);
  }

  #sleep(now: number): void {
    let next = this.#endpoint.nextTimeout;
    if (next === undefined) return;
    // Not at once: an end whose timeout stays in the past would hold the virtual clock still.
    next = Math.max(next, now + 1e-3);
    if (this.#granularity > 0) next = Math.ceil(next / this.#granularity) * this.#granularity;
    if (next >= this.#wakeAt) return;
    this.#wakeAt = next;
    this.#clock.at(next, (at) => {
      if (this.#wakeAt !== next) return;
      this.#wakeAt = Infinity;
      this.serve(at);
    });
  }
}
