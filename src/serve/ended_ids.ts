/** How long an id is remembered where nothing else is said, in milliseconds. */
const REMEMBERED_MS = 10 * 60_000;

/** Ids remembered at most. */
const MAX_REMEMBERED = 10_000;

/** The ids of sessions that ended lately: a relay may list one again. No clock: `now` is in milliseconds. */
export class EndedIds {
  /** Ids and when they may be forgotten, in the order of their ends. */
  readonly #until = new Map<string, number>();

  /** @param rememberedMs how long, in milliseconds */
  constructor(readonly rememberedMs: number = REMEMBERED_MS) {}

  has(id: string, now: number): boolean {
    this.#forget(now);
    return this.#until.has(id);
  }

  add(id: string, now: number): void {
    this.#until.set(id, now + this.rememberedMs);
    this.#forget(now);
  }

  #forget(now: number): void {
    for (const [id, until] of this.#until) {
      if (until > now && this.#until.size <= MAX_REMEMBERED) return;
      this.#until.delete(id);
    }
  }
}
