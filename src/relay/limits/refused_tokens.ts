/** Guessing at tokens: an address from which too many unknown ones came is heard no more for a while. */
import type { Store } from "../store.ts";

/** Unknown tokens are counted over so many milliseconds. */
export const REFUSALS_WINDOW = 60_000;

/** Addresses that are not heard, and holders of tokens that are heard all the same, are remembered up to this. */
const MAX_REMEMBERED = 20_000;

/**
 * Who was heard with a token that is known stays heard under a stranger's guesses from the same address, which
 * whole blocks of flats and mobile networks share; who comes with one for the first time has to wait.
 */
export class RefusedTokens {
  readonly #store: Pick<Store, "countEvent">;
  readonly #limit: number;
  /** Key of an address: until when, in milliseconds since 1970. */
  readonly #blocked = new Map<string, number>();
  /** Keys of an address with a holder of a token; the longest unheard first. */
  readonly #heard = new Set<string>();

  /** @param limit unknown tokens of one address in {@link REFUSALS_WINDOW} */
  constructor(store: Pick<Store, "countEvent">, limit: number) {
    this.#store = store;
    this.#limit = limit;
  }

  /** Counts an unknown token: 0 within the limit, else milliseconds for which the address is not heard. */
  async count(address: string, now: number): Promise<number> {
    const blocked = this.#blockedFor(address, now);
    if (blocked > 0) return blocked;
    const wait = await this.#store.countEvent(`refused ${address}`, this.#limit, REFUSALS_WINDOW, now);
    if (wait > 0) {
      if (this.#blocked.size >= MAX_REMEMBERED) this.#blocked.delete(this.#blocked.keys().next().value!);
      this.#blocked.set(address, now + wait);
    }
    return wait;
  }

  /** Milliseconds for which the holder `id` of a known token is not heard from this address; 0 where it is. */
  hear(address: string, id: string, now: number): number {
    const key = `${address} ${id}`;
    const blocked = this.#heard.delete(key) ? 0 : this.#blockedFor(address, now);
    if (blocked > 0) return blocked;
    if (this.#heard.size >= MAX_REMEMBERED) this.#heard.delete(this.#heard.values().next().value!);
    this.#heard.add(key);
    return 0;
  }

  #blockedFor(address: string, now: number): number {
    const until = this.#blocked.get(address);
    if (until === undefined) return 0;
    // A clock that is set back is not to prolong it.
    const left = Math.min(until - now, REFUSALS_WINDOW);
    if (left <= 0) this.#blocked.delete(address);
    return Math.max(0, left);
  }
}
