import type { Clock } from "./clock.ts";
import { seeded } from "../../../support/seeded.ts";

/** Bytes around each SCTP packet: IPv4 (20) and UDP (8), the DTLS 1.2 record with AES-GCM (13 + 8 + 16). */
export const OVERHEAD = 28 + 37;

/** Bytes that one Mbit/s carries in one ms. */
const BYTES_PER_MS = 125;

export interface LinkOptions {
  /** Mbit/s, overhead included; without it the link adds no time of its own. */
  readonly rate?: number;
  /** Propagation, in ms. */
  readonly delay?: number;
  /** Drop-tail queue before the link, in bytes or in ms of its rate; without it nothing is dropped. */
  readonly queue?: { readonly bytes: number } | { readonly ms: number };
  /** Share of packets lost, each by itself. */
  readonly loss?: number;
  /** Gilbert-Elliott: chances, at each packet, to enter and to leave the state in which all are lost. */
  readonly burstLoss?: { readonly enter: number; readonly leave: number };
  /** Further delay, uniform from 0 to this, in ms. */
  readonly jitter?: number;
  /**
   * The delay varies by up to this much either way, in ms, drawn anew after each spell; the order is kept.
   * So a Wi-Fi link stalls and catches up.
   */
  readonly sway?: { readonly ms: number; readonly spell: number };
  /** Whether jitter may put packets out of order; without it a late packet holds the following ones back. */
  readonly reorder?: boolean;
  /** Share of packets that come twice. */
  readonly duplicate?: number;
  readonly seed?: number;
}

export interface LinkCounts {
  /** Packets given to the link. */
  sent: number;
  delivered: number;
  /** Lost at random or in a burst. */
  lost: number;
  /** Dropped by the full queue. */
  dropped: number;
  duplicated: number;
  /** Bytes that crossed, overhead included. */
  bytes: number;
}

/**
 * One direction of a path. A packet waits in the queue, is sent at the link's rate, and travels; what is lost
 * is lost then, as on a radio, and has cost the link its time.
 */
export class Link {
  readonly counts: LinkCounts = { sent: 0, delivered: 0, lost: 0, dropped: 0, duplicated: 0, bytes: 0 };
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #options: LinkOptions;
  /** Bytes per ms. */
  #rate: number;
  readonly #limit: number;
  /** When what waits will have left, in ms. */
  #busyUntil = 0;
  #lastArrival = 0;
  #inBurst = false;
  #sway = 0;
  #swayUntil = 0;

  constructor(clock: Clock, options: LinkOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.#random = seeded(options.seed ?? 1);
    this.#rate = (options.rate ?? Infinity) * BYTES_PER_MS;
    const { queue } = options;
    this.#limit = queue === undefined ? Infinity : "bytes" in queue ? queue.bytes : queue.ms * this.#rate;
  }

  /** Time a packet given now would wait, in ms. */
  get waiting(): number {
    return Math.max(this.#busyUntil - this.#clock.now, 0);
  }

  /** Changes the rate, in Mbit/s, for what is sent from now on. */
  setRate(rate: number): void {
    this.#rate = rate * BYTES_PER_MS;
  }

  /** Takes a packet of `size` bytes, overhead not included; `arrive` is called once for each arrival. */
  send(size: number, arrive: (now: number) => void): void {
    this.counts.sent++;
    this.#queue(size, arrive);
    const { duplicate } = this.#options;
    if (duplicate !== undefined && this.#random() < duplicate) {
      this.counts.duplicated++;
      this.#queue(size, arrive);
    }
  }

  #queue(size: number, arrive: (now: number) => void): void {
    const bytes = size + OVERHEAD;
    const waiting = this.waiting;
    if (waiting > 0 && waiting * this.#rate + bytes > this.#limit) {
      this.counts.dropped++;
      return;
    }
    const now = this.#clock.now;
    this.#busyUntil = now + waiting + bytes / this.#rate;
    if (this.#loses()) {
      this.counts.lost++;
      return;
    }
    const { delay = 0, jitter, reorder } = this.#options;
    let arrival = this.#busyUntil + Math.max(0, delay + this.#swayAt(this.#busyUntil));
    if (jitter !== undefined) arrival += this.#random() * jitter;
    if (reorder !== true) arrival = Math.max(arrival, this.#lastArrival);
    this.#lastArrival = arrival;
    this.#clock.at(arrival, (at) => {
      this.counts.delivered++;
      this.counts.bytes += bytes;
      arrive(at);
    });
  }

  #swayAt(at: number): number {
    const { sway } = this.#options;
    if (sway === undefined) return 0;
    if (at >= this.#swayUntil) {
      this.#sway = (2 * this.#random() - 1) * sway.ms;
      this.#swayUntil = at + sway.spell;
    }
    return this.#sway;
  }

  #loses(): boolean {
    const { loss, burstLoss } = this.#options;
    if (burstLoss !== undefined) {
      this.#inBurst = this.#random() < (this.#inBurst ? 1 - burstLoss.leave : burstLoss.enter);
      if (this.#inBurst) return true;
    }
    return loss !== undefined && this.#random() < loss;
  }
}
