import type { Endpoint } from "./endpoint.ts";
import type { AckPacket, ModelPacket } from "./model_packet.ts";

/** RFC 9260, section 6.2: a packet without a successor is acknowledged within 200 ms. */
const ACK_DELAY = 200;
/** RFC 9260, section 6.2: at least every second packet. */
const ACK_EVERY = 2;
/** dcSCTP reports at most this many gap blocks. */
const MAX_RANGES = 20;
/** Common header (12), SACK chunk (16). */
const ACK_BYTES = 28;
const RANGE_BYTES = 4;

/** The receiving end of a {@link ModelSender}: acknowledges as SCTP receivers do. */
export class ModelReceiver implements Endpoint<ModelPacket> {
  /** Bytes of data that came for the first time. */
  received = 0;
  /** Bytes of data that were there already. */
  repeated = 0;
  readonly #window: number;
  /** Ranges of packet numbers, newest first. */
  readonly #ranges: [number, number][] = [];
  readonly #early = new Set<number>();
  #nextChunk = 0;
  #unacknowledged = 0;
  #ackAt = Infinity;

  constructor(options: { readonly window: number }) {
    this.#window = options.window;
  }

  get nextTimeout(): number | undefined {
    return this.#ackAt === Infinity ? undefined : this.#ackAt;
  }

  tick(): void {}

  receive(packet: ModelPacket, now: number): void {
    if (packet.kind !== "data") return;
    const inOrder = this.#note(packet.number);
    if (packet.chunk < this.#nextChunk || this.#early.has(packet.chunk)) this.repeated += packet.payload;
    else {
      this.received += packet.payload;
      this.#early.add(packet.chunk);
      while (this.#early.delete(this.#nextChunk)) this.#nextChunk++;
    }
    this.#unacknowledged++;
    // Gaps are reported at once (RFC 9260, section 6.7).
    const atOnce = !inOrder || this.#early.size > 0 || this.#unacknowledged >= ACK_EVERY;
    this.#ackAt = atOnce ? now : Math.min(this.#ackAt, now + ACK_DELAY);
  }

  poll(now: number): AckPacket | undefined {
    if (now < this.#ackAt) return undefined;
    this.#ackAt = Infinity;
    this.#unacknowledged = 0;
    return {
      kind: "ack",
      byteLength: ACK_BYTES + RANGE_BYTES * this.#ranges.length,
      ranges: this.#ranges.map(([first, last]) => [first, last]),
      nextChunk: this.#nextChunk,
      window: this.#window,
    };
  }

  /** Notes a packet number; says whether it is the one after the newest. */
  #note(number: number): boolean {
    const ranges = this.#ranges;
    const newest = ranges[0];
    if (newest !== undefined && number === newest[1] + 1) {
      newest[1] = number;
      return true;
    }
    let i = 0;
    while (i < ranges.length && ranges[i]![0] > number) i++;
    const at = ranges[i];
    if (at !== undefined && number <= at[1]) return false;
    const newer = ranges[i - 1];
    const joinsNewer = newer !== undefined && newer[0] === number + 1;
    const joinsOlder = at !== undefined && at[1] + 1 === number;
    if (joinsNewer && joinsOlder) {
      newer[0] = at[0];
      ranges.splice(i, 1);
    } else if (joinsNewer) newer[0] = number;
    else if (joinsOlder) at[1] = number;
    else ranges.splice(i, 0, [number, number]);
    if (ranges.length > MAX_RANGES) ranges.pop();
    return number === 0;
  }
}
