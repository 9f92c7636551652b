import { chance, Purpose } from "./chance.ts";
import { checkSettings, CLEAR, type DirectionSettings } from "./settings.ts";

/** Bytes of the IPv4 (20) and UDP (8) headers, which take their part of the rate. */
export const HEADERS = 28;

/** Bytes that one Mbit/s carries in one ms. */
const BYTES_PER_MS = 125;

/** Packets by what became of them. */
export interface ModelCounts {
  /** Given to the model. */
  given: number;
  /** Lost singly. */
  lost: number;
  /** Lost in a burst. */
  lostInBursts: number;
  /** Dropped by the full queue. */
  dropped: number;
  heldBack: number;
  duplicated: number;
}

const NEVER: readonly number[] = [];

/**
 * One direction of a path, without clock or socket: from a packet's index, size and time to the times at
 * which it arrives.
 *
 * As in Linux' netem a packet is lost before it costs the path time; then it waits in the queue, is sent
 * at the path's rate, and travels. What is held back or comes twice is so at the far end.
 */
export class PathModel {
  readonly counts: ModelCounts = {
    given: 0,
    lost: 0,
    lostInBursts: 0,
    dropped: 0,
    heldBack: 0,
    duplicated: 0,
  };
  readonly #seed: number;
  #settings: DirectionSettings = CLEAR;
  #inBurst = false;
  /** When what waits in the queue will have left, in ms. */
  #busyUntil = -Infinity;
  #lastArrival = -Infinity;

  /** @throws {RangeError} for settings that mean nothing */
  constructor(seed: number, settings: Partial<DirectionSettings> = {}) {
    this.#seed = seed;
    this.set(settings);
  }

  get settings(): DirectionSettings {
    return this.#settings;
  }

  /**
   * Changes settings for the packets from the next one on; what is left out stays.
   *
   * @throws {RangeError} for settings that mean nothing; then none is changed
   */
  set(settings: Partial<DirectionSettings>): void {
    const all = { ...this.#settings, ...settings };
    checkSettings(all);
    this.#settings = all;
  }

  /**
   * Decides about a packet. Calls are in the order of `now`.
   *
   * @param size in bytes, headers not included
   * @param now in ms
   * @returns the times at which it arrives, in ms: none where it is dropped, two where it is doubled
   */
  take(index: number, size: number, now: number): readonly number[] {
    const { counts } = this;
    const { reorder, reorderMs, duplicate } = this.#settings;
    counts.given++;
    if (this.#loses(index)) return NEVER;
    const inOrder = this.#travel(index, size + HEADERS, now);
    if (inOrder === undefined) {
      counts.dropped++;
      return NEVER;
    }
    let arrival = inOrder;
    if (this.#draw(index, Purpose.REORDER) < reorder) {
      counts.heldBack++;
      arrival += reorderMs;
    } else {
      this.#lastArrival = arrival;
    }
    if (this.#draw(index, Purpose.DUPLICATE) >= duplicate) return [arrival];
    counts.duplicated++;
    return [arrival, arrival];
  }

  #loses(index: number): boolean {
    const { loss, burstLoss } = this.#settings;
    const draw = this.#draw(index, Purpose.BURST);
    this.#inBurst = draw < (this.#inBurst ? 1 - burstLoss.leave : burstLoss.enter);
    if (this.#inBurst) {
      this.counts.lostInBursts++;
      return true;
    }
    if (this.#draw(index, Purpose.LOSS) >= loss) return false;
    this.counts.lost++;
    return true;
  }

  /** When a packet arrives that is not held back; undefined where the queue has no room for it. */
  #travel(index: number, bytes: number, now: number): number | undefined {
    const { rate, queue, delay, jitter } = this.#settings;
    const starts = Math.max(this.#busyUntil, now);
    this.#busyUntil = starts;
    if (rate > 0) {
      const perMs = rate * BYTES_PER_MS;
      const waiting = (starts - now) * perMs;
      const room = "bytes" in queue ? queue.bytes : queue.ms * perMs;
      // An idle path takes a packet even where the queue is smaller than that.
      if (waiting > 0 && waiting + bytes > room) return undefined;
      this.#busyUntil += bytes / perMs;
    }
    const arrival = this.#busyUntil + delay + jitter * this.#draw(index, Purpose.JITTER);
    return Math.max(arrival, this.#lastArrival);
  }

  #draw(index: number, purpose: Purpose): number {
    return chance(this.#seed, index, purpose);
  }
}
