/**
 * What a caller may do how often. What is rare is counted in sliding windows in the store, and so for all relays that
 * share it: sessions that are opened, agents that register. What is frequent is counted in this process, since a trip
 * to a store elsewhere would cost more than what it limits: messages, event streams, syncs.
 */
import { tooMany } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { RateLimit } from "../rate.ts";
import type { Store } from "../store.ts";

/** Openings and registrations are counted over so many milliseconds. */
export const OPENINGS_WINDOW = 16_000;
export const REGISTRATIONS_WINDOW = 60_000;

/** Event-stream requests come back in so many seconds, all of them; a stream lasts 25 s. */
const STREAMS_REFILL = 30;

/** Syncs that one agent may ask for at once, and each second: one every 2 s, and one for each session opened. */
const SYNC_BURST = 200;
const SYNCS_PER_SECOND = 10;

export class Allowances {
  readonly #store: Pick<Store, "countEvent">;
  readonly #limits: Limits;
  readonly #posts: RateLimit;
  readonly #streams: RateLimit;
  readonly #syncs: RateLimit;

  constructor(store: Pick<Store, "countEvent">, limits: Limits) {
    this.#store = store;
    this.#limits = limits;
    const { postsPerSecond, streamBurst, sessions, agents } = limits;
    this.#posts = new RateLimit(postsPerSecond, postsPerSecond, 2 * sessions);
    this.#streams = new RateLimit(streamBurst, streamBurst / STREAMS_REFILL, 2 * sessions);
    this.#syncs = new RateLimit(SYNC_BURST, SYNCS_PER_SECOND, agents);
  }

  /** A message of one side of a session; each has its own, so that one cannot silence the other. @throws RelayError 429 */
  post(side: string, sessionId: string, now: number): void {
    const wait = this.#posts.take(`${side} ${sessionId}`, now);
    if (wait > 0) throw tooMany("too-many-messages", "Too many messages in this session.", wait);
  }

  /** A request for one side's event stream. @throws RelayError 429 */
  stream(side: string, sessionId: string, now: number): void {
    const wait = this.#streams.take(`${side} ${sessionId}`, now);
    if (wait > 0) {
      throw tooMany("too-many-stream-requests", "This session's events are asked for too often.", wait);
    }
  }

  /** A session that a viewer opens. @throws RelayError 429 */
  async opening(viewer: string, address: string | undefined, now: number): Promise<void> {
    const { sessionBurst, sessionBurstPerAddress } = this.#limits;
    await this.#within(
      [
        [`openings ${viewer}`, sessionBurst],
        address !== undefined && [`openings ${address}`, sessionBurstPerAddress],
      ],
      OPENINGS_WINDOW,
      now,
      ["too-many-openings", "Too many sessions were opened at once."],
    );
  }

  /** An agent that registers. @throws RelayError 429 */
  async registration(
    agentId: string,
    owner: string,
    address: string | undefined,
    now: number,
  ): Promise<void> {
    await this.#newAgent(owner, address, now);
    this.#syncs.take(`${owner} ${agentId}`, now);
  }

  async #newAgent(owner: string, address: string | undefined, now: number): Promise<void> {
    const { agents, registrationsPerToken, registrationsPerAddress } = this.#limits;
    await this.#within(
      [
        // A fleet on one token that comes back as a whole is not a flood.
        [`registrations ${owner}`, Math.max(agents, registrationsPerToken)],
        address !== undefined && [`registrations ${address}`, registrationsPerAddress],
      ],
      REGISTRATIONS_WINDOW,
      now,
      ["too-many-registrations", "Too many agents registered at once."],
    );
  }

  /** A sync or a farewell; one of an agent not seen here lately counts as its registration. @throws RelayError 429 */
  async sync(agentId: string, owner: string, address: string | undefined, now: number): Promise<void> {
    const key = `${owner} ${agentId}`;
    if (!this.#syncs.knows(key)) await this.#newAgent(owner, address, now);
    const wait = this.#syncs.take(key, now);
    if (wait > 0) throw tooMany("too-many-syncs", "This agent asks too often.", wait);
  }

  /** The token's window first: what it refuses takes nothing from others at the same address. */
  async #within(
    windows: readonly (false | readonly [key: string, limit: number])[],
    windowMs: number,
    now: number,
    [code, sentence]: readonly [string, string],
  ): Promise<void> {
    for (const window of windows) {
      if (!window) continue;
      const wait = await this.#store.countEvent(...window, windowMs, now);
      if (wait > 0) throw tooMany(code, sentence, Math.ceil(wait / 1_000));
    }
  }
}
