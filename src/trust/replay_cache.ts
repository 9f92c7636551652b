import { CLOCK_SKEW_MS } from "./clock.ts";

/** The most proofs that are remembered. Only who has a link can add to them. */
const MAX_REMEMBERED = 10_000;

/** Remembers proofs for as long as the clock lets them pass, so that each opens one session. */
export class ReplayCache {
  /** By MAC: whose it is, and until when it could pass. In the order in which they came. */
  readonly #seen = new Map<string, { readonly sessionId: string; readonly until: number }>();

  /** Whether a proof may pass; one that came before passes in the session alone that it came in. */
  admit(mac: string, sessionId: string, now: number): boolean {
    for (const [old, { until }] of this.#seen) {
      if (until > now && this.#seen.size < MAX_REMEMBERED) break;
      this.#seen.delete(old);
    }
    const known = this.#seen.get(mac);
    if (known !== undefined) return known.sessionId === sessionId;
    this.#seen.set(mac, { sessionId, until: now + 2 * CLOCK_SKEW_MS });
    return true;
  }

  /** What came in a session does not pass in another of the same name. */
  end(sessionId: string): void {
    for (const [mac, seen] of this.#seen) {
      if (seen.sessionId === sessionId) this.#seen.set(mac, { ...seen, sessionId: "" });
    }
  }
}
