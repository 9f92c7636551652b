import type {
  AckSample,
  CongestionController,
  ControllerFactory,
} from "../../../../src/rtc/sctp/congestion/controller.ts";

export const PACKET = 1_000;

/** Drives a controller by hand: whole rounds of a path that has a round-trip time and no end of room. */
export class Driver {
  now = 0;
  delivered = 0;
  readonly controller: CongestionController;
  readonly #rtt: number;

  constructor(factory: ControllerFactory, rtt = 100) {
    this.#rtt = rtt;
    this.controller = factory({ maxPacketSize: PACKET, random: () => 0.5 });
  }

  /** A round: the whole window is sent and acknowledged, two packets at a time. */
  round(options: Partial<AckSample> = {}): void {
    const { window } = this.controller;
    const prior = this.delivered;
    const acks = Math.max(Math.floor(window / (2 * PACKET)), 1);
    for (let ack = 0; ack < acks; ack++) {
      const inFlight = Math.max(window - ack * 2 * PACKET, 0);
      this.controller.onSent(2 * PACKET, inFlight, this.now + ack * this.#rtt / acks);
    }
    for (let ack = 0; ack < acks; ack++) {
      this.ack(2 * PACKET, { priorDelivered: prior + ack * 2 * PACKET, ...options });
      this.now += this.#rtt / acks;
    }
  }

  /** One SACK. */
  ack(acked: number, options: Partial<AckSample> = {}): void {
    this.delivered += acked;
    const { window } = this.controller;
    this.controller.onAck({
      acked,
      inFlight: window - acked,
      priorInFlight: window,
      rtt: this.#rtt,
      smoothedRtt: this.#rtt,
      minRtt: this.#rtt,
      delivered: this.delivered,
      priorDelivered: Math.max(this.delivered - window, 0),
      deliveryRate: window / this.#rtt,
      lost: 0,
      appLimited: false,
      windowLimited: true,
      ...options,
    }, this.now);
  }

  /** Packets sent `ago` ms before now are found lost. */
  lose(packets: number, ago = 0): void {
    this.controller.onLoss({
      lost: packets * PACKET,
      inFlight: this.controller.window - packets * PACKET,
      sentAt: this.now - ago,
      delivered: this.delivered,
      priorDelivered: this.delivered,
    }, this.now);
  }

  /** The window in packets. */
  get packets(): number {
    return this.controller.window / PACKET;
  }
}
