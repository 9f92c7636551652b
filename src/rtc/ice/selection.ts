import "../quiet_env.ts";
import { CandidatePairState } from "werift";
import type { GuardedSockets } from "./guarded_sockets.ts";
import { FRESH_MS, replaces } from "./nomination.ts";
import type { Source } from "./sources.ts";
import type { WeriftConnection, WeriftPair } from "./werift_connection.ts";

/**
 * The pair that data is sent over. werift keeps the first that the peer nominates and has none while ICE
 * restarts; here a later nomination counts, and the pair of before is used until there is another.
 */
export class Selection {
  /** The peer is heard over another pair only, or wants another. */
  onchange: () => void = () => {};
  /** Nothing has come over the selected pair for so long that the peer counts as silent. */
  silent = false;
  readonly #connection: WeriftConnection;
  readonly #sockets: GuardedSockets;
  #earlier: WeriftPair | undefined;
  /** When the peer last answered a check over that one, in milliseconds. */
  #earlierAnsweredAt = -Infinity;

  constructor(connection: WeriftConnection, sockets: GuardedSockets) {
    this.#connection = connection;
    this.#sockets = sockets;
  }

  /** The pair of the present generation. */
  get pair(): WeriftPair | undefined {
    return this.#connection.nominated;
  }

  /** The pair of before a restart, while there is no other. */
  get earlier(): WeriftPair | undefined {
    return this.pair === undefined ? this.#earlier : undefined;
  }

  /** Everything heard from the peer over the selected pair. */
  get heard(): number {
    return this.pair === undefined ? 0 : this.#sockets.sourceOf(this.pair)?.heard ?? 0;
  }

  /** Before a restart: keeps the pair, and gives it. */
  keep(): WeriftPair | undefined {
    if (this.pair === undefined) return this.#earlier;
    this.#earlierAnsweredAt = this.#sockets.sourceOf(this.pair)?.answeredAt ?? -Infinity;
    return this.#earlier = this.pair;
  }

  /** After a restart: forgets it. */
  release(): void {
    this.#earlier = undefined;
    this.silent = false;
  }

  /** Consent that was last given at `time` has ended: nothing asks for it over the pair of before. */
  expire(time: number): void {
    if (this.#earlierAnsweredAt <= time) this.#earlier = undefined;
  }

  /** A verified check has come over a pair, whose end is `source`, after all that werift makes of it. */
  checked(pair: WeriftPair, source: Source, nominated: boolean, now: number): void {
    if (nominated) source.nominatedAt = now;
    if (!this.#prefers(pair, nominated, now)) return;
    if (now - source.answeredAt <= FRESH_MS) return this.#change(pair);
    void this.#connection.checkStart(pair).awaitable.then(() => {
      const later = performance.now();
      if (source.answeredAt >= now && this.#prefers(pair, nominated, later)) this.#change(pair);
    });
  }

  #prefers(pair: WeriftPair, nominated: boolean, now: number): boolean {
    const selected = this.pair;
    if (selected === undefined || selected === pair || pair.state !== CandidatePairState.SUCCEEDED) {
      return false;
    }
    // A NAT that has forgotten the peer gives it another address, and the peer does not know.
    if (this.silent) return true;
    if (!nominated) return false;
    const { nominatedAt = -Infinity, answeredAt = -Infinity } = this.#sockets.sourceOf(selected) ?? {};
    return replaces(priorities(pair), { priorities: priorities(selected), nominatedAt, answeredAt }, now);
  }

  #change(pair: WeriftPair): void {
    this.#connection.resetNominatedPair();
    pair.nominated = true;
    this.#connection.checkComplete(pair);
    this.silent = false;
    this.onchange();
  }
}

function priorities({ localCandidate, remoteCandidate }: WeriftPair): [number, number] {
  return [localCandidate.priority, remoteCandidate.priority];
}
