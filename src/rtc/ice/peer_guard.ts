import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import { sameAddress } from "./address.ts";
import type { IceCredentials } from "./credentials.ts";
import { RateLimit } from "./rate_limit.ts";
import { SeenTransactions } from "./seen_transactions.ts";
import type { Source, Sources } from "./sources.ts";
import { isAuthentic, isFingerprinted } from "./stun_authentication.ts";
import { BINDING, readStun, StunClass, type StunMessage } from "./stun_message.ts";

/**
 * Why a datagram was dropped.
 *
 * - `kind`: neither STUN nor DTLS. `malformed`: not a STUN message, or none that ICE uses.
 * - `stranger`: data from an address that has answered no check.
 * - `username`, `fingerprint`, `integrity`: a check with a wrong one, or an answer.
 * - `unasked`: an answer to nothing that is open.
 * - `replayed`: a check seen before. `rate`: one too many. `bounds`: it would make one pair too many.
 */
export type Refusal =
  | "kind"
  | "malformed"
  | "stranger"
  | "username"
  | "fingerprint"
  | "integrity"
  | "unasked"
  | "replayed"
  | "rate"
  | "bounds";

/** A request of this side that waits for its answer. */
export interface OpenTransaction {
  /** What the answer is to be authenticated with; undefined for a request to a server. */
  readonly integrityKey?: Uint8Array | undefined;
  /** Where it went. */
  readonly expectedAddr: readonly [string, number];
}

/** What is to be known of the local socket that a message came in by. */
export interface GuardedSocket {
  readonly sources: Sources;
  openTransaction(id: string): OpenTransaction | undefined;
  /** Whether a check from an address would find its pair, or make one more that is allowed. */
  hasRoomFor(host: string, port: number): boolean;
}

/** A message that may pass. */
export type Passed =
  | { readonly what: "check"; readonly message: StunMessage; readonly source: Source }
  /** A check of the generation before: it is answered and has no part in the present one's checks. */
  | { readonly what: "earlier check"; readonly message: StunMessage; readonly key: Uint8Array }
  | { readonly what: "answer" };

/** Checks of a peer in a second. */
export const MAX_CHECKS_PER_SECOND = 200;

/** How long the pairs of a generation live on when another has its own (RFC 8445, section 8.3), in ms. */
const FREEING_MS = 3_000;

interface Generation {
  readonly number: number;
  /** `<this side's>:<the peer's>`, as the peer's checks have it (RFC 8445, section 7.1.1). */
  readonly username: Uint8Array;
  readonly localKey: Uint8Array;
  readonly remoteKey: Uint8Array;
}

/**
 * Tells the peer's STUN messages from anybody's (RFC 8445, section 7.3; RFC 8489, section 9.1): those
 * behind it see only what the peer has signed.
 */
export class PeerGuard {
  readonly #dropped: Record<Refusal, number> = {
    kind: 0,
    malformed: 0,
    stranger: 0,
    username: 0,
    fingerprint: 0,
    integrity: 0,
    unasked: 0,
    replayed: 0,
    rate: 0,
    bounds: 0,
  };
  readonly #rate = new RateLimit(MAX_CHECKS_PER_SECOND);
  readonly #seen = new SeenTransactions();
  #present: Generation | undefined;
  #earlier: Generation | undefined;
  #earlierUntil = Infinity;
  #answeredAt = -Infinity;

  /** How many datagrams were dropped so far, by reason. */
  get dropped(): Readonly<Record<Refusal, number>> {
    return this.#dropped;
  }

  /** When the peer last answered a check, in milliseconds. */
  get answeredAt(): number {
    return this.#answeredAt;
  }

  /** Begins a generation; the one before lives on until {@link freeEarlier}. */
  begin(local: IceCredentials, remote: IceCredentials): void {
    this.#earlier = this.#present;
    this.#earlierUntil = Infinity;
    this.#present = {
      number: (this.#present?.number ?? 0) + 1,
      username: Buffer.from(`${local.usernameFragment}:${remote.usernameFragment}`),
      localKey: Buffer.from(local.password),
      remoteKey: Buffer.from(remote.password),
    };
  }

  /** The present generation has its pair. @param now in milliseconds */
  selected(now: number): void {
    if (this.#earlier !== undefined) this.#earlierUntil = Math.min(this.#earlierUntil, now + FREEING_MS);
  }

  /** Frees the generation before when its time is over. @returns the oldest generation that lives */
  freeEarlier(now: number): number {
    if (now >= this.#earlierUntil) this.#earlier = undefined;
    return (this.#earlier ?? this.#present)?.number ?? 0;
  }

  /** Counts a datagram that was dropped. */
  drop(why: Refusal): undefined {
    this.#dropped[why]++;
  }

  /**
   * Looks at what is not data.
   *
   * @param now in milliseconds
   * @returns undefined for what must not pass; it is counted
   */
  take(
    datagram: Uint8Array,
    socket: GuardedSocket,
    host: string,
    port: number,
    now: number,
  ): Passed | undefined {
    const message = readStun(datagram);
    if (message === undefined || message.method !== BINDING) return this.drop("malformed");
    switch (message.class) {
      case StunClass.REQUEST:
        return this.#check(message, socket, host, port, now);
      case StunClass.INDICATION:
        return this.drop("malformed");
      default:
        return this.#answer(message, socket, host, port, now);
    }
  }

  #check(
    message: StunMessage,
    socket: GuardedSocket,
    host: string,
    port: number,
    now: number,
  ): Passed | undefined {
    if (!message.hasPriority) return this.drop("malformed");
    const generation = this.#generationOf(message);
    const known = socket.sources.find(host, port);
    const earlier = generation !== this.#present;
    if (generation === undefined || (earlier && !known?.valid)) return this.drop("username");
    if (!isFingerprinted(message)) return this.drop("fingerprint");
    if (!this.#seen.admits(message.transactionId, known)) return this.drop("replayed");
    if (!isAuthentic(message, generation.localKey)) return this.drop("integrity");
    if (!this.#rate.take(now)) return this.drop("rate");
    if (earlier) return { what: "earlier check", message, key: generation.localKey };
    if (!socket.hasRoomFor(host, port)) return this.drop("bounds");
    const source = socket.sources.learn(host, port, generation.number);
    this.#seen.add(message.transactionId, source);
    source.heard++;
    return { what: "check", message, source };
  }

  #answer(
    message: StunMessage,
    socket: GuardedSocket,
    host: string,
    port: number,
    now: number,
  ): Passed | undefined {
    const transaction = socket.openTransaction(message.transactionId);
    if (transaction === undefined) return this.drop("unasked");
    const [expectedHost, expectedPort] = transaction.expectedAddr;
    if (port !== expectedPort || !sameAddress(host, expectedHost)) return this.drop("unasked");
    if (transaction.integrityKey === undefined) return { what: "answer" };
    const present = this.#present;
    // Of an earlier generation's check: it would have werift select a pair of that one.
    if (present === undefined || !equal(transaction.integrityKey, present.remoteKey)) {
      return this.drop("unasked");
    }
    if (!isFingerprinted(message)) return this.drop("fingerprint");
    if (!isAuthentic(message, present.remoteKey)) return this.drop("integrity");
    // After an error the check is sent again at once: only so often.
    if (message.class === StunClass.ERROR) {
      return this.#rate.take(now) ? { what: "answer" } : this.drop("rate");
    }
    const source = socket.sources.learn(host, port, present.number);
    source.heard++;
    source.answeredAt = this.#answeredAt = now;
    return { what: "answer" };
  }

  #generationOf({ username }: StunMessage): Generation | undefined {
    if (username === undefined) return undefined;
    return [this.#present, this.#earlier].find((generation) =>
      generation !== undefined && equal(username, generation.username)
    );
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
