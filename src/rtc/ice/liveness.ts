/** Silence of the peer after which a connection counts as disconnected, in milliseconds: consent checks
 * (RFC 7675) go out every 4 to 6 s, so one of them and its answer fit inside. */
export const SILENCE_MS = 7_000;

/** Tells from a growing count of what came in whether the peer is still there. */
export class Liveness {
  #count = -1;
  #changedAt = 0;

  /**
   * @param count of everything received from the peer so far
   * @param now in milliseconds
   * @returns whether anything came in the last {@link SILENCE_MS}
   */
  observe(count: number, now: number): boolean {
    if (count !== this.#count) {
      this.#count = count;
      this.#changedAt = now;
    }
    return now - this.#changedAt < SILENCE_MS;
  }
}
