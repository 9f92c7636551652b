import { DATA_HEADER_SIZE, DataFlag } from "./constants.ts";
import type { Fragment } from "./send_queue.ts";
import { tsnAfter, tsnDistance, tsnPlus } from "./serial.ts";

/** Chunks that may be outstanding: a window of 8 MiB in chunks of about 1,160 bytes. A power of two. */
const CAPACITY = 8_192;
const MASK = CAPACITY - 1;

/** What has become of an outstanding chunk. */
const State = { FREE: 0, IN_FLIGHT: 1, ACKED: 2, LOST: 3 } as const;

/** Ends a list of slots. */
const NONE = -1;

/** What a SACK changed. Reused; valid until the next one. */
export interface Acknowledged {
  /** Bytes acknowledged for the first time, headers included. */
  bytes: number;
  /** Whether the cumulative TSN moved. */
  advanced: boolean;
  /** Of the chunk sent last among those newly acknowledged: when, how often, and the rate sample's marks. */
  sentAt: number;
  transmissions: number;
  delivered: number;
  deliveredAt: number;
  firstSentAt: number;
  lost: number;
  appLimited: boolean;
}

/** What loss detection found. */
export interface Losses {
  bytes: number;
  /** When the newest of the lost was sent. */
  sentAt: number;
  /** `delivered` when it was sent. */
  delivered: number;
  /** When the next chunk would be lost if nothing came; undefined where none is in doubt. */
  nextAt: number | undefined;
}

/** Marks of the delivery rate that every chunk is sent with. */
export interface SendMarks {
  readonly delivered: number;
  readonly deliveredAt: number;
  readonly firstSentAt: number;
  readonly lost: number;
  readonly appLimited: boolean;
}

/**
 * The chunks that have a TSN and are not yet acknowledged cumulatively: a ring indexed by TSN, and through
 * it a list in the order of sending, which loss detection by time (RFC 8985) walks from its old end.
 */
export class Flight {
  readonly #state = new Uint8Array(CAPACITY);
  readonly #length = new Uint16Array(CAPACITY);
  readonly #transmissions = new Uint8Array(CAPACITY);
  readonly #sentAt = new Float64Array(CAPACITY);
  readonly #delivered = new Float64Array(CAPACITY);
  readonly #deliveredAt = new Float64Array(CAPACITY);
  readonly #firstSentAt = new Float64Array(CAPACITY);
  readonly #lostBefore = new Float64Array(CAPACITY);
  readonly #appLimited = new Uint8Array(CAPACITY);
  readonly #streamId = new Uint16Array(CAPACITY);
  readonly #ssn = new Uint16Array(CAPACITY);
  readonly #ppid = new Uint32Array(CAPACITY);
  readonly #flags = new Uint8Array(CAPACITY);
  readonly #offset = new Uint32Array(CAPACITY);
  readonly #message: (Uint8Array | undefined)[] = new Array(CAPACITY);
  readonly #older = new Int32Array(CAPACITY);
  readonly #newer = new Int32Array(CAPACITY);
  #oldest = NONE;
  #newest = NONE;
  /** First TSN that is not acknowledged cumulatively, and the one that comes next. */
  #base: number;
  #next: number;
  #inFlight = 0;
  #payloadInFlight = 0;
  #gapAcked = 0;
  #lostCount = 0;
  /** No chunk before this one is lost. */
  #lostHint: number;
  /** Highest TSN acknowledged so far, for seeing reordering. */
  #highestAcked: number;
  /** A chunk was acknowledged after one sent later, without having been retransmitted. */
  reordering = false;
  readonly #onarrived: (message: Uint8Array) => void;
  readonly #acknowledged: Acknowledged = {
    bytes: 0,
    advanced: false,
    sentAt: 0,
    transmissions: 0,
    delivered: 0,
    deliveredAt: 0,
    firstSentAt: 0,
    lost: 0,
    appLimited: false,
  };

  /** @param onarrived is told of each message that the peer has as a whole */
  constructor(initialTsn: number, onarrived: (message: Uint8Array) => void = () => {}) {
    this.#onarrived = onarrived;
    this.#base = this.#next = this.#lostHint = initialTsn;
    this.#highestAcked = tsnPlus(initialTsn, -1);
  }

  /** Bytes that were sent and neither acknowledged nor lost, headers included. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The same without headers: what takes up the peer's window. */
  get payloadInFlight(): number {
    return this.#payloadInFlight;
  }

  get outstanding(): number {
    return tsnDistance(this.#next, this.#base);
  }

  get full(): boolean {
    return this.outstanding >= CAPACITY;
  }

  /** TSN of the next new chunk. */
  get nextTsn(): number {
    return this.#next;
  }

  get hasLost(): boolean {
    return this.#lostCount > 0;
  }

  /** Chunks acknowledged beyond a gap. */
  get gapAcked(): number {
    return this.#gapAcked;
  }

  /** Sends a new chunk: gives it a TSN, which is answered. */
  add(fragment: Fragment, now: number, marks: SendMarks): number {
    const tsn = this.#next;
    const slot = tsn & MASK;
    this.#next = tsnPlus(tsn, 1);
    this.#length[slot] = fragment.length;
    this.#transmissions[slot] = 0;
    this.#streamId[slot] = fragment.streamId;
    this.#ssn[slot] = fragment.ssn;
    this.#ppid[slot] = fragment.ppid;
    this.#flags[slot] = fragment.flags;
    this.#offset[slot] = fragment.offset;
    this.#message[slot] = fragment.message;
    this.#send(slot, now, marks);
    return tsn;
  }

  /** The lost chunk with the lowest TSN, or undefined. */
  firstLost(): number | undefined {
    if (this.#lostCount === 0) return undefined;
    if (tsnAfter(this.#base, this.#lostHint)) this.#lostHint = this.#base;
    while (this.#state[this.#lostHint & MASK] !== State.LOST) this.#lostHint = tsnPlus(this.#lostHint, 1);
    return this.#lostHint;
  }

  /** Sends a lost chunk again. */
  resend(tsn: number, now: number, marks: SendMarks): void {
    this.#lostCount--;
    this.#send(tsn & MASK, now, marks);
  }

  /** Bytes of a chunk's payload. */
  payload(tsn: number): number {
    return this.#length[tsn & MASK]!;
  }

  transmissions(tsn: number): number {
    return this.#transmissions[tsn & MASK]!;
  }

  /** Writes a chunk's value, from its TSN to its payload, at `at`; answers its flags. */
  write(tsn: number, bytes: Uint8Array, view: DataView, at: number): void {
    const slot = tsn & MASK;
    view.setUint32(at, tsn);
    view.setUint16(at + 4, this.#streamId[slot]!);
    view.setUint16(at + 6, this.#ssn[slot]!);
    view.setUint32(at + 8, this.#ppid[slot]!);
    const offset = this.#offset[slot]!;
    bytes.set(this.#message[slot]!.subarray(offset, offset + this.#length[slot]!), at + 12);
  }

  flags(tsn: number): number {
    return this.#flags[tsn & MASK]!;
  }

  /**
   * Takes a SACK.
   *
   * @param gaps start and end of each block by turns, from the cumulative TSN
   * @returns what changed, or undefined for a SACK that is old or acknowledges what was never sent
   */
  acknowledge(cumulativeTsn: number, gaps: readonly number[]): Acknowledged | undefined {
    const highest = tsnPlus(this.#next, -1);
    if (tsnAfter(cumulativeTsn, highest) || tsnDistance(cumulativeTsn, this.#base) < -1) return undefined;
    const result = this.#acknowledged;
    result.bytes = 0;
    result.sentAt = -Infinity;
    result.advanced = !tsnAfter(this.#base, cumulativeTsn);
    while (!tsnAfter(this.#base, cumulativeTsn)) {
      const slot = this.#base & MASK;
      if (this.#state[slot] === State.ACKED) this.#gapAcked--;
      else this.#count(this.#base, result);
      this.#state[slot] = State.FREE;
      // The fragments of a message have consecutive TSNs: with the last one all have arrived.
      if ((this.#flags[slot]! & DataFlag.END) !== 0) this.#onarrived(this.#message[slot]!);
      this.#message[slot] = undefined;
      this.#base = tsnPlus(this.#base, 1);
    }
    for (let i = 0; i + 1 < gaps.length; i += 2) {
      const end = tsnPlus(cumulativeTsn, gaps[i + 1]!);
      if (gaps[i]! < 1 || gaps[i + 1]! < gaps[i]! || tsnAfter(end, highest)) break;
      for (let tsn = tsnPlus(cumulativeTsn, gaps[i]!); !tsnAfter(tsn, end); tsn = tsnPlus(tsn, 1)) {
        const slot = tsn & MASK;
        if (this.#state[slot] === State.ACKED || tsnAfter(this.#base, tsn)) continue;
        this.#count(tsn, result);
        this.#state[slot] = State.ACKED;
        this.#gapAcked++;
      }
    }
    return result;
  }

  /**
   * Finds lost what was sent so long before something acknowledged that it should have come (RFC 8985,
   * section 6.2).
   *
   * @param sentAt of the newest acknowledged chunk
   * @param window how much later something may come than what was sent after it, in ms
   */
  detectLosses(sentAt: number, rtt: number, window: number, now: number): Losses {
    const losses: Losses = { bytes: 0, sentAt: -Infinity, delivered: 0, nextAt: undefined };
    let slot = this.#oldest;
    while (slot !== NONE && this.#sentAt[slot]! < sentAt) {
      const lostAt = this.#sentAt[slot]! + rtt + window;
      if (sentAt - this.#sentAt[slot]! <= window && now < lostAt) {
        losses.nextAt = lostAt;
        break;
      }
      const next = this.#newer[slot]!;
      this.#lose(slot, losses);
      slot = next;
    }
    return losses;
  }

  /** The timer has expired: all that is in flight is lost. */
  loseAll(): Losses {
    const losses: Losses = { bytes: 0, sentAt: -Infinity, delivered: 0, nextAt: undefined };
    while (this.#oldest !== NONE) this.#lose(this.#oldest, losses);
    return losses;
  }

  /** For a tail probe: takes the newest chunk for lost, so that it is sent again; false where there is none. */
  loseNewest(): boolean {
    if (this.#newest === NONE) return false;
    this.#lose(this.#newest, { bytes: 0, sentAt: 0, delivered: 0, nextAt: undefined });
    return true;
  }

  /** When the newest chunk in flight was sent; undefined where none is. */
  get newestSentAt(): number | undefined {
    return this.#newest === NONE ? undefined : this.#sentAt[this.#newest];
  }

  #send(slot: number, now: number, marks: SendMarks): void {
    this.#state[slot] = State.IN_FLIGHT;
    if (this.#transmissions[slot]! < 255) this.#transmissions[slot]!++;
    this.#sentAt[slot] = now;
    this.#delivered[slot] = marks.delivered;
    this.#deliveredAt[slot] = marks.deliveredAt;
    this.#firstSentAt[slot] = marks.firstSentAt;
    this.#lostBefore[slot] = marks.lost;
    this.#appLimited[slot] = marks.appLimited ? 1 : 0;
    this.#inFlight += this.#length[slot]! + DATA_HEADER_SIZE;
    this.#payloadInFlight += this.#length[slot]!;
    this.#older[slot] = this.#newest;
    this.#newer[slot] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const older = this.#older[slot]!;
    const newer = this.#newer[slot]!;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    this.#inFlight -= this.#length[slot]! + DATA_HEADER_SIZE;
    this.#payloadInFlight -= this.#length[slot]!;
  }

  #count(tsn: number, result: Acknowledged): void {
    const slot = tsn & MASK;
    if (this.#state[slot] === State.LOST) this.#lostCount--;
    else this.#unlink(slot);
    if (tsnAfter(tsn, this.#highestAcked)) this.#highestAcked = tsn;
    else if (this.#transmissions[slot] === 1) this.reordering = true;
    result.bytes += this.#length[slot]! + DATA_HEADER_SIZE;
    if (this.#sentAt[slot]! < result.sentAt) return;
    result.sentAt = this.#sentAt[slot]!;
    result.transmissions = this.#transmissions[slot]!;
    result.delivered = this.#delivered[slot]!;
    result.deliveredAt = this.#deliveredAt[slot]!;
    result.firstSentAt = this.#firstSentAt[slot]!;
    result.lost = this.#lostBefore[slot]!;
    result.appLimited = this.#appLimited[slot] === 1;
  }

  #lose(slot: number, losses: Losses): void {
    this.#unlink(slot);
    this.#state[slot] = State.LOST;
    this.#lostCount++;
    const tsn = tsnPlus(this.#base, (slot - (this.#base & MASK)) & MASK);
    if (this.#lostCount === 1 || tsnAfter(this.#lostHint, tsn)) this.#lostHint = tsn;
    losses.bytes += this.#length[slot]! + DATA_HEADER_SIZE;
    if (this.#sentAt[slot]! > losses.sentAt) {
      losses.sentAt = this.#sentAt[slot]!;
      losses.delivered = this.#delivered[slot]!;
    }
  }
}
