import type { Source } from "./sources.ts";

/** The ids that are remembered; a peer uses one or two a second. */
const MAX_IDS = 1_024;

/** How often a request is sent at most: Rc of RFC 8489, section 6.2.1, and one for a network that doubles. */
const MAX_TIMES = 8;

interface Seen {
  source: Source;
  times: number;
}

/**
 * Verified checks by their transactions. STUN has nothing against replay: who has recorded a check could
 * send it from an address of his own, or the peer's, as often as he likes.
 */
export class SeenTransactions {
  readonly #ids = new Map<string, Seen>();

  /** Whether a transaction may come, or come again, from `source`; undefined: from one not yet known. */
  admits(id: string, source: Source | undefined): boolean {
    const seen = this.#ids.get(id);
    if (seen === undefined) return true;
    if (seen.times >= MAX_TIMES) return false;
    // Who sent it first may have been the one that had recorded it: only an answer tells.
    return seen.source === source || !seen.source.valid;
  }

  /** Remembers a transaction that was verified. */
  add(id: string, source: Source): void {
    const seen = this.#ids.get(id);
    if (seen !== undefined) {
      seen.source = source;
      seen.times++;
      return;
    }
    if (this.#ids.size >= MAX_IDS) this.#ids.delete(this.#ids.keys().next().value!);
    this.#ids.set(id, { source, times: 1 });
  }
}
