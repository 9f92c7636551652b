import type { CongestionController } from "./congestion/controller.ts";
import {
  ChunkType,
  COMMON_HEADER_SIZE,
  DATA_HEADER_SIZE,
  DataFlag,
  MAX_PEER_WINDOW,
  MAX_RETRANSMISSIONS,
  SEND_MARK_MAX,
  SEND_MARK_MIN,
} from "./constants.ts";
import { type Acknowledged, Flight, type Losses, type SendMarks } from "./flight.ts";
import { chunkSize, type PacketWriter } from "./packet.ts";
import { RoundTrip } from "./rtt.ts";
import type { Sack } from "./sack_chunk.ts";
import { SendQueue } from "./send_queue.ts";

/** A fragment shorter than this is not begun only to fill a packet that has something in it already. */
const SMALLEST_FILLER = 512;

/** A peer may hold back its SACK for a single packet this long (RFC 9260, section 6.2), in ms. */
const PEER_SACK_DELAY = 200;

/**
 * A sender that was late may catch up by what it could have sent in this time, in ms: as long as an event
 * loop on a busy machine is kept from its timers. With less the pause lowers the bandwidth that is measured.
 */
const PACING_SLACK = 10;

/** Bounds of the tail probe's wait and of the growth of the reordering window. */
const PROBE_MIN = 10;
const REORDERING_STEPS_MAX = 16;

/** Acknowledgements beyond a gap that make reordering unlikely (RFC 8985, section 6.2.1). */
const DUPLICATE_THRESHOLD = 3;

export interface SenderOptions {
  readonly initialTsn: number;
  /** The peer's receive window at first, in bytes. */
  readonly peerWindow: number;
  readonly controller: CongestionController;
  /** A message has arrived as a whole, or was withdrawn. */
  readonly onreleased: (message: Uint8Array) => void;
  /** Whose `size` is that of the largest packet, in bytes, and changes with what the path is seen to carry. */
  readonly path: { readonly size: number };
}

/** The sending half of an association: what is sent when, what was lost, and what paces it all. */
export class Sender {
  readonly queue: SendQueue;
  readonly rtt = new RoundTrip();
  readonly controller: CongestionController;
  readonly #flight: Flight;
  readonly #path: SenderOptions["path"];
  #peerWindow: number;
  /** Delivery rate (draft-ietf-ccwg-bbr, section 4.1). */
  #delivered = 0;
  #deliveredAt = 0;
  #firstSentAt = 0;
  #lost = 0;
  #appLimitedUntil = 0;
  /** RACK: the newest chunk that was acknowledged. */
  #rackSentAt = -Infinity;
  #rackRtt = 0;
  #reorderingSteps = 1;
  #steppedAt = -Infinity;
  /** Timers, absolute. */
  #lossAt: number | undefined;
  #probeAt: number | undefined;
  #timeoutAt: number | undefined;
  #nextSendAt = 0;
  /** A tail probe may go out past the window. */
  #probing = false;
  #probed = false;
  #timeouts = 0;

  constructor(options: SenderOptions) {
    this.queue = new SendQueue(options.onreleased);
    this.#flight = new Flight(options.initialTsn, options.onreleased);
    this.#peerWindow = options.peerWindow;
    this.controller = options.controller;
    this.#path = options.path;
  }

  /** Packets go another way from now on: what waited for the old one to answer is tried at once. */
  pathChanged(now: number): void {
    this.#timeouts = 0;
    this.rtt.progress();
    if (this.#flight.outstanding === 0) return;
    this.#timeoutAt = now + this.rtt.rto;
    this.#probed = false;
    this.#probeAt = now;
  }

  /** Times in a row that the retransmission timer has expired. */
  get timeouts(): number {
    return this.#timeouts;
  }

  get lastTsn(): number {
    return (this.#flight.nextTsn - 1) >>> 0;
  }

  get inFlight(): number {
    return this.#flight.inFlight;
  }

  /** Chunks sent and not acknowledged cumulatively. */
  get outstanding(): number {
    return this.#flight.outstanding;
  }

  /** Bytes acknowledged and found lost since the beginning, for statistics. */
  get delivered(): number {
    return this.#delivered;
  }

  get lost(): number {
    return this.#lost;
  }

  /**
   * Bytes worth having queued on a stream: what the path can take at once, shared by the streams that send.
   * More would only wait, and a seek behind it.
   */
  get sendMark(): number {
    const window = Math.min(this.controller.window, this.#peerWindow) / Math.max(1, this.queue.streams);
    return Math.min(Math.max(window, SEND_MARK_MIN), SEND_MARK_MAX);
  }

  /** When {@link tick} or another packet is due; undefined where nothing waits for time. */
  get nextTimeout(): number | undefined {
    let next = Infinity;
    for (const at of [this.#lossAt, this.#probeAt, this.#timeoutAt]) {
      if (at !== undefined && at < next) next = at;
    }
    if (this.#canSend() && this.#nextSendAt < next) next = this.#nextSendAt;
    return next === Infinity ? undefined : next;
  }

  /** Whether {@link fill} would add anything to an empty packet. */
  willSend(now: number): boolean {
    return (this.#probing || now >= this.#nextSendAt) && this.#canSend();
  }

  /** Adds DATA chunks to a packet, as far as windows and pacing allow; answers whether it added any. */
  fill(writer: PacketWriter, now: number): boolean {
    if (!this.#probing && now < this.#nextSendAt) return false;
    const before = writer.length;
    let last = -1;
    for (;;) {
      const tsn = this.#nextChunk(writer, now);
      if (tsn === undefined) break;
      last = writer.length;
      const at = writer.chunk(ChunkType.DATA, this.#flight.flags(tsn), 12 + this.#flight.payload(tsn));
      this.#flight.write(tsn, writer.bytes, writer.view, at);
      this.#probing = false;
    }
    if (last < 0) {
      if (!this.#hasSomething()) this.#appLimited();
      return false;
    }
    // The peer need not wait for a second packet that does not come (RFC 7053). Only at the end of what there
    // is: at the end of every window it would ask for a SACK for each packet.
    if (!this.#hasSomething()) writer.bytes[last + 1]! |= DataFlag.IMMEDIATE;
    this.#sent(writer.length - before, now);
    return true;
  }

  /** Takes a SACK. */
  acknowledge(sack: Sack, now: number): void {
    const priorInFlight = this.#flight.inFlight;
    const windowLimited = priorInFlight + this.#path.size >= this.controller.window;
    const acknowledged = this.#flight.acknowledge(sack.cumulativeTsn, sack.gaps);
    if (acknowledged === undefined) return;
    this.#peerWindow = Math.min(sack.receiveWindow, MAX_PEER_WINDOW);
    if (sack.duplicates > 0) this.#widenReordering(now);
    if (acknowledged.bytes > 0) this.#progress(acknowledged, priorInFlight, windowLimited, now);
    // Anything new shows that the path works; a hole before it is the loss detection's affair.
    this.#arm(now, acknowledged.bytes > 0);
  }

  /** Time has passed; answers whether the association has failed. */
  tick(now: number): boolean {
    if (this.#lossAt !== undefined && now >= this.#lossAt) {
      this.#detect(now);
      this.#arm(now, false);
    }
    if (this.#timeoutAt !== undefined && now >= this.#timeoutAt) return this.#timedOut(now);
    if (this.#probeAt !== undefined && now >= this.#probeAt) this.#probe(now);
    return false;
  }

  #nextChunk(writer: PacketWriter, now: number): number | undefined {
    if (!this.#hasWindow()) return undefined;
    const lost = this.#flight.firstLost();
    if (lost !== undefined) {
      if (!writer.takes(chunkSize(12 + this.#flight.payload(lost)))) return undefined;
      this.#flight.resend(lost, now, this.#marks(now));
      return lost;
    }
    const wanted = this.queue.peek(this.#maxPayload);
    const limit = Math.min(this.#maxPayload, writer.room - DATA_HEADER_SIZE);
    if (wanted === 0 || limit < Math.min(wanted, SMALLEST_FILLER) || this.#flight.full) return undefined;
    if (!this.#fitsPeer(Math.min(wanted, limit))) return undefined;
    return this.#flight.add(this.queue.take(limit)!, now, this.#marks(now));
  }

  /** Of a new chunk, in bytes: a multiple of four, so that a full one needs no padding. */
  get #maxPayload(): number {
    return (this.#path.size - COMMON_HEADER_SIZE - DATA_HEADER_SIZE) & ~3;
  }

  #marks(now: number): SendMarks {
    if (this.#flight.inFlight === 0) this.#firstSentAt = this.#deliveredAt = now;
    return {
      delivered: this.#delivered,
      deliveredAt: this.#deliveredAt,
      firstSentAt: this.#firstSentAt,
      lost: this.#lost,
      appLimited: this.#appLimitedUntil > 0,
    };
  }

  #hasSomething(): boolean {
    return this.#flight.hasLost || this.queue.bytes > 0;
  }

  /** With nothing in flight one chunk may go all the same, to see a closed window open. */
  #fitsPeer(bytes: number): boolean {
    const { payloadInFlight } = this.#flight;
    return payloadInFlight === 0 || payloadInFlight + bytes <= this.#peerWindow;
  }

  /** Whether only pacing keeps something back. */
  #canSend(): boolean {
    if (!this.#hasWindow()) return false;
    if (this.#flight.hasLost) return true;
    const wanted = this.queue.peek(this.#maxPayload);
    return wanted > 0 && !this.#flight.full && this.#fitsPeer(wanted);
  }

  #hasWindow(): boolean {
    return this.#probing || this.#flight.inFlight < this.controller.window || this.#flight.inFlight === 0;
  }

  #appLimited(): void {
    if (this.#flight.inFlight < this.controller.window) {
      this.#appLimitedUntil = Math.max(1, this.#delivered + this.#flight.inFlight);
    }
  }

  #sent(bytes: number, now: number): void {
    this.controller.onSent(bytes, this.#flight.inFlight - bytes, now);
    const rate = this.controller.pacingRate;
    if (rate !== undefined) this.#nextSendAt = Math.max(this.#nextSendAt, now - PACING_SLACK) + bytes / rate;
    if (!this.#hasSomething()) this.#appLimited();
    this.#timeoutAt ??= now + this.rtt.rto;
    this.#armProbe(now);
  }

  #progress(acknowledged: Acknowledged, priorInFlight: number, windowLimited: boolean, now: number): void {
    const { sentAt, transmissions } = acknowledged;
    this.#delivered += acknowledged.bytes;
    this.#deliveredAt = now;
    this.#firstSentAt = sentAt;
    this.#timeouts = 0;
    this.#probed = false;
    this.rtt.progress();
    if (this.#delivered > this.#appLimitedUntil) this.#appLimitedUntil = 0;
    const elapsed = now - sentAt;
    if (transmissions === 1) this.rtt.sample(elapsed, now);
    // A retransmitted chunk that is acknowledged sooner than the path allows was not lost the first time.
    if (sentAt >= this.#rackSentAt && (transmissions === 1 || elapsed >= this.rtt.min)) {
      this.#rackSentAt = sentAt;
      this.#rackRtt = elapsed;
    }
    this.#detect(now);
    const interval = Math.max(sentAt - acknowledged.firstSentAt, now - acknowledged.deliveredAt);
    const measurable = interval > 0 && interval >= this.rtt.min;
    this.controller.onAck({
      acked: acknowledged.bytes,
      inFlight: this.#flight.inFlight,
      priorInFlight,
      rtt: transmissions === 1 ? elapsed : undefined,
      smoothedRtt: this.rtt.smoothed,
      minRtt: this.rtt.min,
      delivered: this.#delivered,
      priorDelivered: acknowledged.delivered,
      deliveryRate: measurable ? (this.#delivered - acknowledged.delivered) / interval : undefined,
      lost: this.#lost - acknowledged.lost,
      appLimited: acknowledged.appLimited,
      windowLimited,
    }, now);
  }

  #detect(now: number): void {
    this.#lossAt = undefined;
    const losses = this.#flight.detectLosses(this.#rackSentAt, this.#rackRtt, this.#reorderingWindow(), now);
    this.#lossAt = losses.nextAt;
    this.#report(losses, now);
  }

  #report(losses: Losses, now: number): void {
    if (losses.bytes === 0) return;
    this.#lost += losses.bytes;
    this.controller.onLoss({
      lost: losses.bytes,
      inFlight: this.#flight.inFlight,
      sentAt: losses.sentAt,
      delivered: this.#delivered,
      priorDelivered: losses.delivered,
    }, now);
  }

  #reorderingWindow(): number {
    const { min, smoothed } = this.rtt;
    if (min === Infinity) return 0;
    if (!this.#flight.reordering && this.#flight.gapAcked >= DUPLICATE_THRESHOLD) return 0;
    return Math.min(smoothed, this.#reorderingSteps * min / 4);
  }

  /** The peer got something twice: it was late and not lost (RFC 8985, section 6.2.1). */
  #widenReordering(now: number): void {
    this.#flight.reordering = true;
    if (now - this.#steppedAt < this.rtt.smoothed) return;
    this.#steppedAt = now;
    this.#reorderingSteps = Math.min(REORDERING_STEPS_MAX, this.#reorderingSteps + 1);
  }

  #arm(now: number, restart: boolean): void {
    if (this.#flight.outstanding === 0 || (this.#flight.inFlight === 0 && !this.#flight.hasLost)) {
      this.#timeoutAt = this.#probeAt = this.#lossAt = undefined;
      return;
    }
    if (restart) this.#timeoutAt = now + this.rtt.rto;
    this.#armProbe(now);
  }

  /** Tail loss probe (RFC 8985, section 7): two round trips without a word, and something is sent again. */
  #armProbe(now: number): void {
    const sentAt = this.#flight.newestSentAt;
    this.#probeAt = undefined;
    if (sentAt === undefined || this.#probed || this.rtt.smoothed === 0 || this.#flight.hasLost) return;
    const delayed = this.#flight.inFlight <= this.#path.size ? PEER_SACK_DELAY : 0;
    this.#probeAt = Math.max(now, sentAt) + Math.max(PROBE_MIN, 2 * this.rtt.smoothed + delayed);
  }

  #probe(now: number): void {
    this.#probeAt = undefined;
    this.#probed = true;
    if (this.queue.bytes === 0 && !this.#flight.loseNewest()) return;
    this.#probing = true;
    this.#timeoutAt = now + this.rtt.rto;
  }

  #timedOut(now: number): boolean {
    if (++this.#timeouts > MAX_RETRANSMISSIONS) return true;
    this.#probeAt = this.#lossAt = undefined;
    this.rtt.backOff();
    const losses = this.#flight.loseAll();
    this.#lost += losses.bytes;
    this.controller.onTimeout(now);
    this.#nextSendAt = now;
    this.#timeoutAt = now + this.rtt.rto;
    return false;
  }
}
