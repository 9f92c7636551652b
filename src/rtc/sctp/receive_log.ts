import { tsnAfter, tsnDistance, tsnPlus } from "./serial.ts";

/** How far beyond the cumulative TSN chunks are taken: a window of 8 MiB. A power of two. */
const SPAN = 8_192;

/** Blocks reported at most: what fits a packet. Fewer would hide from the sender what has arrived. */
const MAX_BLOCKS = 280;

/** Duplicates reported at most; how many there are matters, not all of which. */
const MAX_DUPLICATES = 16;

/** Which TSNs of the peer have arrived: the cumulative one, what lies beyond it, and what came twice. */
export class ReceiveLog {
  readonly #seen = new Uint8Array(SPAN);
  #cumulative: number;
  #highest: number;
  #duplicates: number[] = [];

  /** @param initialTsn the first that the peer will send */
  constructor(initialTsn: number) {
    this.#cumulative = this.#highest = tsnPlus(initialTsn, -1);
  }

  get cumulative(): number {
    return this.#cumulative;
  }

  /** Whether something is missing before what has arrived. */
  get hasGap(): boolean {
    return this.#highest !== this.#cumulative;
  }

  get hasDuplicates(): boolean {
    return this.#duplicates.length > 0;
  }

  /** Whether a TSN is new and near enough to be taken; one that came before is noted as a duplicate. */
  isNew(tsn: number): boolean {
    const ahead = tsnDistance(tsn, this.#cumulative);
    if (ahead > SPAN) return false;
    if (ahead > 0 && this.#seen[tsn & (SPAN - 1)] === 0) return true;
    if (this.#duplicates.length < MAX_DUPLICATES) this.#duplicates.push(tsn);
    return false;
  }

  /** Notes a TSN for which {@link isNew} holds. */
  add(tsn: number): void {
    this.#seen[tsn & (SPAN - 1)] = 1;
    if (tsnAfter(tsn, this.#highest)) this.#highest = tsn;
    this.#advance();
  }

  /** The peer gives up everything up to `tsn` (RFC 3758). */
  skipTo(tsn: number): void {
    if (tsnDistance(tsn, this.#cumulative) > SPAN) return;
    while (tsnAfter(tsn, this.#cumulative)) {
      this.#cumulative = tsnPlus(this.#cumulative, 1);
      this.#seen[this.#cumulative & (SPAN - 1)] = 0;
    }
    if (tsnAfter(this.#cumulative, this.#highest)) this.#highest = this.#cumulative;
    this.#advance();
  }

  /** Start and end of each block beyond the cumulative TSN, by turns, counted from it. */
  gaps(): number[] {
    const gaps: number[] = [];
    const end = tsnDistance(this.#highest, this.#cumulative);
    for (let ahead = 1; ahead <= end && gaps.length < 2 * MAX_BLOCKS; ahead++) {
      if (this.#seen[tsnPlus(this.#cumulative, ahead) & (SPAN - 1)] === 0) continue;
      const start = ahead;
      while (ahead < end && this.#seen[tsnPlus(this.#cumulative, ahead + 1) & (SPAN - 1)] === 1) ahead++;
      gaps.push(start, ahead);
    }
    return gaps;
  }

  /** The duplicates since the last call. */
  takeDuplicates(): number[] {
    const taken = this.#duplicates;
    this.#duplicates = [];
    return taken;
  }

  #advance(): void {
    for (;;) {
      const next = tsnPlus(this.#cumulative, 1);
      const slot = next & (SPAN - 1);
      if (this.#seen[slot] === 0 || tsnAfter(next, this.#highest)) return;
      this.#seen[slot] = 0;
      this.#cumulative = next;
    }
  }
}
