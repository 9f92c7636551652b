import type { Endpoint, Packet } from "./endpoint.ts";

export interface CrossTrafficOptions {
  /** Mbit/s while it sends, without overhead. */
  readonly rate: number;
  /** Bytes of each packet. */
  readonly size?: number;
  /** Sends for `on` ms, then is silent for `off` ms; without them it sends always. */
  readonly on?: number;
  readonly off?: number;
}

/** A flow at a fixed rate that heeds nobody, such as a call beside the film. */
export class CrossTraffic implements Endpoint<Packet> {
  readonly #size: number;
  /** Between two packets, in ms. */
  readonly #interval: number;
  readonly #on: number;
  readonly #off: number;
  #next = 0;

  constructor(options: CrossTrafficOptions) {
    this.#size = options.size ?? 1_200;
    this.#interval = this.#size / (options.rate * 125);
    this.#on = options.on ?? Infinity;
    this.#off = options.off ?? 0;
  }

  get nextTimeout(): number {
    return this.#next;
  }

  poll(now: number): Packet | undefined {
    if (now < this.#next) return undefined;
    this.#next = Math.max(this.#next + this.#interval, now);
    if (this.#on < Infinity) {
      const period = this.#on + this.#off;
      const into = this.#next % period;
      if (into >= this.#on) this.#next += period - into;
    }
    return { byteLength: this.#size };
  }

  receive(): void {}
  tick(): void {}
}

/** Takes packets and answers none. */
export class Sink implements Endpoint<Packet> {
  readonly nextTimeout: undefined;
  /** Bytes that arrived. */
  bytes = 0;

  receive(packet: Packet): void {
    this.bytes += packet.byteLength;
  }

  poll(): undefined {}
  tick(): void {}
}
