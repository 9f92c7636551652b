import type {
  CongestionController,
  ControllerFactory,
} from "../../../../src/rtc/sctp/congestion/controller.ts";
import type { Endpoint } from "./endpoint.ts";
import { type AckPacket, DATA_HEADERS, type DataPacket, type ModelPacket } from "./model_packet.ts";
import { Pacer } from "./pacer.ts";
import { RttEstimate } from "./rtt_estimate.ts";

/** RFC 8985, section 6.2: until reordering is seen, three later packets are proof of loss. */
const PACKET_THRESHOLD = 3;
/** RFC 8985, section 6.2: the first window for reordering is a quarter of the least round-trip time. */
const REORDER_SHARE = 1 / 4;
/** RFC 8985, section 7.2: what a delayed acknowledgement may add where one packet is in flight. */
const ACK_DELAY = 200;

export interface ModelSenderOptions {
  readonly controller: ControllerFactory;
  readonly random: () => number;
  /** Bytes of an SCTP packet, headers included. */
  readonly maxPacketSize?: number;
  /** Bytes the application offers each second; without it there is always something to send. */
  readonly offered?: number;
  /** When the application has nothing more to send, in ms. */
  readonly stop?: number;
}

interface Sent {
  readonly number: number;
  readonly chunk: number;
  readonly at: number;
  readonly delivered: number;
  readonly deliveredAt: number;
  readonly firstSentAt: number;
  readonly lost: number;
  readonly appLimited: boolean;
  state: "flying" | "acked" | "lost";
}

export interface SenderCounts {
  sent: number;
  retransmitted: number;
  /** Packets declared lost that had arrived. */
  spurious: number;
  timeouts: number;
  probes: number;
}

/**
 * A sender as simple as it can be and still show what a controller does: chunks of one size, numbered
 * transmissions, loss by RACK (RFC 8985), delivery rates by draft-ietf-ccwg-bbr, section 4.1.
 */
export class ModelSender implements Endpoint<ModelPacket> {
  readonly controller: CongestionController;
  readonly counts: SenderCounts = { sent: 0, retransmitted: 0, spurious: 0, timeouts: 0, probes: 0 };
  readonly rtt = new RttEstimate();
  /** Called with each round-trip time, in ms. */
  onrtt: (rtt: number, now: number) => void = () => {};
  /** Bytes of data in each packet. */
  readonly payload: number;
  readonly #size: number;
  readonly #offered: number;
  readonly #stop: number;
  readonly #pacer: Pacer;

  /** Transmissions of which something is still unknown; the first has the number `#base`. */
  #sent: Sent[] = [];
  #base = 0;
  #nextNumber = 0;
  #nextChunk = 0;
  #ackedChunk = 0;
  #toRepeat: number[] = [];
  #window = 65_536;
  #inFlight = 0;

  #delivered = 0;
  #deliveredAt = 0;
  #firstSentAt = 0;
  #lost = 0;
  /** `#delivered` at which the present lack of data is over. */
  #appLimitedUntil = 0;

  #newestAckedAt = -Infinity;
  #newestAcked = -1;
  #reorderings = 0;
  #reorderAt = Infinity;
  #probeAt = Infinity;
  #timeoutAt = Infinity;
  #probing = false;
  #stopped = false;

  constructor(options: ModelSenderOptions) {
    this.#size = options.maxPacketSize ?? 1_200;
    this.payload = this.#size - DATA_HEADERS;
    this.#stop = options.stop ?? Infinity;
    this.#offered = (options.offered ?? Infinity) / 1_000;
    this.controller = options.controller({ maxPacketSize: this.payload, random: options.random });
    this.#pacer = new Pacer(this.payload);
  }

  /** Bytes sent and not known to have arrived or to be lost. */
  get inFlight(): number {
    return this.#inFlight;
  }

  get nextTimeout(): number | undefined {
    let next = Math.min(this.#reorderAt, this.#probeAt, this.#timeoutAt);
    const { pacingRate } = this.controller;
    if (this.#windowAllows()) {
      let sendAt = pacingRate === undefined ? 0 : this.#pacer.nextSend(pacingRate);
      if (this.#toRepeat.length === 0 && this.#stopped) sendAt = Infinity;
      else if (this.#toRepeat.length === 0) {
        sendAt = Math.max(sendAt, (this.#nextChunk + 1) * this.payload / this.#offered);
      }
      next = Math.min(next, sendAt);
    }
    return next === Infinity ? undefined : next;
  }

  tick(now: number): void {
    if (now >= this.#reorderAt) this.#detectLosses(now);
    if (now >= this.#timeoutAt) this.#timeOut(now);
    else if (now >= this.#probeAt) {
      this.#probeAt = Infinity;
      this.#probing = true;
    }
  }

  poll(now: number): DataPacket | undefined {
    const probe = this.#probing;
    const { pacingRate } = this.controller;
    if (!probe) {
      if (!this.#windowAllows()) return undefined;
      if (pacingRate !== undefined && this.#pacer.nextSend(pacingRate) > now) return undefined;
    }
    const chunk = this.#choose(now, probe);
    if (chunk === undefined) return undefined;
    this.#probing = false;
    if (probe) this.counts.probes++;
    if (this.#inFlight === 0) {
      this.#firstSentAt = now;
      this.#deliveredAt = now;
    }
    this.#sent.push({
      number: this.#nextNumber,
      chunk,
      at: now,
      delivered: this.#delivered,
      deliveredAt: this.#deliveredAt,
      firstSentAt: this.#firstSentAt,
      lost: this.#lost,
      appLimited: this.#appLimitedUntil > this.#delivered,
      state: "flying",
    });
    this.controller.onSent(this.payload, this.#inFlight, now);
    if (pacingRate !== undefined) this.#pacer.onSent(this.payload, pacingRate, now);
    this.#inFlight += this.payload;
    this.counts.sent++;
    this.#arm(now);
    return {
      kind: "data",
      byteLength: this.#size,
      number: this.#nextNumber++,
      chunk,
      payload: this.payload,
    };
  }

  receive(packet: ModelPacket, now: number): void {
    if (packet.kind !== "ack") return;
    this.#window = packet.window;
    const windowLimited = !this.#windowAllows() ||
      this.controller.window - this.#inFlight < 2 * this.payload;
    const prior = this.#inFlight;
    const [acked, newest] = this.#acknowledge(packet);
    this.#ackedChunk = Math.max(this.#ackedChunk, packet.nextChunk);
    if (newest === undefined) return;
    this.#delivered += acked;
    this.#deliveredAt = now;
    const rtt = now - newest.at;
    this.rtt.add(rtt);
    this.onrtt(rtt, now);
    if (newest.number > this.#newestAcked) {
      this.#newestAcked = newest.number;
      this.#newestAckedAt = newest.at;
      this.#firstSentAt = newest.at;
    }
    this.#detectLosses(now);
    const interval = Math.max(newest.at - newest.firstSentAt, now - newest.deliveredAt);
    this.controller.onAck({
      acked,
      inFlight: this.#inFlight,
      priorInFlight: prior,
      rtt,
      smoothedRtt: this.rtt.smoothed,
      minRtt: this.rtt.least,
      delivered: this.#delivered,
      priorDelivered: newest.delivered,
      // Section 4.1.2.3: an interval below the least round-trip time has been cut short.
      deliveryRate: interval < this.rtt.least ? undefined : (this.#delivered - newest.delivered) / interval,
      lost: this.#lost - newest.lost,
      appLimited: newest.appLimited,
      windowLimited,
    }, now);
    this.#forget();
    this.#arm(now);
  }

  #acknowledge(packet: AckPacket): [acked: number, newest: Sent | undefined] {
    let acked = 0;
    let newest: Sent | undefined;
    for (const [first, last] of packet.ranges) {
      if (last < this.#base) break;
      for (let number = last; number >= Math.max(first, this.#base); number--) {
        const sent = this.#sent[number - this.#base]!;
        if (sent.state === "acked") continue;
        if (sent.state === "lost") {
          this.counts.spurious++;
          this.#reorderings++;
        } else {
          this.#inFlight -= this.payload;
          if (number < this.#newestAcked) this.#reorderings = Math.max(this.#reorderings, 1);
        }
        sent.state = "acked";
        acked += this.payload;
        if (newest === undefined || number > newest.number) newest = sent;
      }
    }
    return [acked, newest];
  }

  #detectLosses(now: number): void {
    this.#reorderAt = Infinity;
    let window = 0;
    if (this.#reorderings > 0) {
      window = Math.min(this.rtt.least * REORDER_SHARE * this.#reorderings, this.rtt.smoothed);
    }
    let lost = 0;
    let last: Sent | undefined;
    for (const sent of this.#sent) {
      if (sent.number >= this.#newestAcked) break;
      if (sent.state !== "flying") continue;
      const dueAt = sent.at + this.rtt.latest + window;
      const late = this.#reorderings > 0 ? now >= dueAt : this.#newestAcked - sent.number >= PACKET_THRESHOLD;
      if (!late) {
        if (this.#reorderings > 0) this.#reorderAt = Math.min(this.#reorderAt, dueAt);
        continue;
      }
      this.#loseOne(sent);
      lost += this.payload;
      last = sent;
    }
    if (last === undefined) return;
    this.controller.onLoss({
      lost,
      inFlight: this.#inFlight,
      sentAt: last.at,
      delivered: this.#delivered,
      priorDelivered: last.delivered,
    }, now);
  }

  #loseOne(sent: Sent): void {
    sent.state = "lost";
    this.#inFlight -= this.payload;
    this.#lost += this.payload;
    this.#toRepeat.push(sent.chunk);
  }

  #timeOut(now: number): void {
    this.counts.timeouts++;
    for (const sent of this.#sent) if (sent.state === "flying") this.#loseOne(sent);
    this.rtt.backOff();
    this.controller.onTimeout(now);
    this.#timeoutAt = this.#probeAt = Infinity;
  }

  /** The chunk to send: one found lost, a new one, or for a probe the last one again. */
  #choose(now: number, probe: boolean): number | undefined {
    while (this.#toRepeat.length > 0) {
      const chunk = this.#toRepeat.shift()!;
      if (chunk < this.#ackedChunk) continue;
      this.counts.retransmitted++;
      return chunk;
    }
    if (
      this.#windowOpen() && now < this.#stop && (this.#nextChunk + 1) * this.payload <= this.#offered * now
    ) {
      return this.#nextChunk++;
    }
    this.#stopped = now >= this.#stop;
    if (this.#offered < Infinity || this.#stopped) {
      this.#appLimitedUntil = this.#delivered + this.#inFlight || 1;
    }
    if (!probe) return undefined;
    this.counts.retransmitted++;
    return Math.max(this.#nextChunk - 1, 0);
  }

  /** Whether the receiver has room for a further chunk. */
  #windowOpen(): boolean {
    return (this.#nextChunk - this.#ackedChunk + 1) * this.payload <= this.#window;
  }

  #windowAllows(): boolean {
    return this.#inFlight + this.payload <= this.controller.window &&
      (this.#toRepeat.length > 0 || this.#windowOpen());
  }

  #arm(now: number): void {
    const flying = this.#inFlight > 0;
    this.#timeoutAt = flying ? now + this.rtt.timeout : Infinity;
    const wait = 2 * this.rtt.smoothed + (this.#inFlight <= this.payload ? ACK_DELAY : 0);
    this.#probeAt = flying && this.rtt.known && wait < this.rtt.timeout ? now + wait : Infinity;
  }

  #forget(): void {
    let known = 0;
    while (known < this.#sent.length && this.#forgettable(this.#sent[known]!)) known++;
    // Now and then, for taking from the front costs as much as what stays.
    if (known < 64 && known < this.#sent.length) return;
    this.#sent = this.#sent.slice(known);
    this.#base += known;
  }

  /** Lost ones are kept for a while: that they come after all tells of reordering. */
  #forgettable(sent: Sent): boolean {
    if (sent.state === "acked") return true;
    return sent.state === "lost" && sent.at + 2 * this.rtt.smoothed < this.#newestAckedAt;
  }
}
