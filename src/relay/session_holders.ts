import type { NewSession, Store } from "./store.ts";

/** Who may speak in a session: ids of tokens. It is said when a session is made, and stays. */
export type Holders = Pick<NewSession, "owner" | "viewer">;

/** Sessions whose holders are remembered, the last ones: some 5 MB. */
const MAX_REMEMBERED = 20_000;

/**
 * The holders of sessions, so that a store elsewhere is not asked for them with each message. Whether a session is
 * there is not remembered: what is done in it finds that out.
 */
export class SessionHolders {
  readonly #store: Store;
  /** By session, in the order in which they came. */
  readonly #known = new Map<string, Holders>();

  constructor(store: Store) {
    this.#store = store;
  }

  remember(sessionId: string, { owner, viewer }: Holders): void {
    if (this.#known.size >= MAX_REMEMBERED) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(sessionId, { owner, viewer });
  }

  /** Undefined where there is no such session. One that is gone since somebody asked for it still has holders. */
  async of(sessionId: string, now: number): Promise<Holders | undefined> {
    const known = this.#known.get(sessionId);
    if (known !== undefined) return known;
    const session = await this.#store.session(sessionId, now);
    if (session !== undefined) this.remember(sessionId, session);
    return session;
  }
}
