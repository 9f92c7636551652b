import { type Answerer, OfferError } from "../rtc/answerer.ts";
import { CandidatePayload, DescriptionPayload, type Envelope, parsePayload } from "../signal/envelope.ts";
import type { SignalLink } from "../signal/link.ts";
import type { Scope } from "../trust/scope.ts";
import { TrustError } from "../trust/trust_error.ts";
import type { Authorisation } from "./authorisation.ts";
import { log } from "./log.ts";
import type { SessionEvent } from "./session_machine.ts";
import { ShareError } from "./share.ts";

/** Candidates kept until the offer is there: how many, and UTF-16 code units of them in all. */
const MAX_EARLY = 64;
const MAX_EARLY_LENGTH = 65_536;

/** Messages that may wait while an answer is made. */
const MAX_INBOX = 256;

/** The same answer is posted again at most this often, in milliseconds. */
const REPOST_MS = 1_000;

/** What a session makes of its negotiation. */
export interface NegotiationEvents {
  emit(event: SessionEvent): void;
  /**
   * The first offer that is believed is about to be answered.
   *
   * @throws {ShareError} where it is not to be
   */
  authorised(scope: Scope): Promise<void>;
}

/**
 * Offers, answers and candidates of one session, one message after the other: candidates from before
 * the offer are kept for it, a repeated offer gets the same answer, a new one restarts ICE. What an offer has to
 * prove is looked at before anything is done for it; each answer is signed.
 */
export class Negotiation {
  readonly #link: SignalLink;
  readonly #answerer: Answerer;
  readonly #authorisation: Authorisation;
  readonly #events: NegotiationEvents;
  readonly #inbox: Envelope[] = [];
  #working = false;
  #closed = false;
  #early: CandidatePayload[] = [];
  #earlyLength = 0;
  #offer: string | undefined;
  #answer = "";
  #answeredAt = 0;
  /** Own candidates, held back until the answer they belong to is sent. */
  #held: (() => void)[] | undefined = [];

  constructor(
    link: SignalLink,
    answerer: Answerer,
    authorisation: Authorisation,
    events: NegotiationEvents,
  ) {
    this.#link = link;
    this.#answerer = answerer;
    this.#authorisation = authorisation;
    this.#events = events;
    link.onmessage = (envelope) => this.#receive(envelope);
    answerer.oncandidate = (candidate) => {
      const send = candidate === null
        ? () => link.send("candidate-end", "")
        : () => link.send("candidate", JSON.stringify(candidate));
      if (this.#held === undefined) send();
      else this.#held.push(send);
    };
  }

  close(): void {
    this.#closed = true;
    this.#inbox.length = 0;
    this.#early = [];
  }

  #receive(envelope: Envelope): void {
    // At once, and past whatever waits.
    if (envelope.type === "bye") return this.#events.emit({ type: "bye" });
    if (this.#closed || this.#inbox.length >= MAX_INBOX) return;
    this.#inbox.push(envelope);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      if (next.type === "offer") await this.#offered(next.payload);
      else if (next.type === "candidate") this.#candidate(next.payload);
    }
    this.#working = false;
  }

  async #offered(payload: string): Promise<void> {
    const description = parsePayload(DescriptionPayload, payload);
    if (description === undefined || description.type !== "offer") return this.#unusable("not an offer");
    if (description.sdp === this.#offer) return this.#repeat();
    this.#held ??= [];
    try {
      const scope = this.#authorisation.admit(description.sdp, description.proof);
      if (this.#offer === undefined) await this.#events.authorised(scope);
      if (this.#closed) return;
      const sdp = await this.#answerer.accept(description.sdp);
      if (this.#closed) return;
      const identity = this.#authorisation.sign(description.sdp, sdp);
      this.#answer = JSON.stringify({ type: "answer", sdp, identity });
      this.#offer = description.sdp;
    } catch (error) {
      this.#release();
      return this.#failed(error);
    }
    this.#events.emit({ type: "answered" });
    this.#post();
    this.#release();
    for (const candidate of this.#early) this.#answerer.addCandidate(candidate);
    this.#early = [];
  }

  /** The viewer may have missed the answer. */
  #repeat(): void {
    if (performance.now() - this.#answeredAt >= REPOST_MS) this.#post();
  }

  #post(): void {
    this.#answeredAt = performance.now();
    this.#link.send("answer", this.#answer);
  }

  #release(): void {
    // Before the first answer nothing of this side may be sent.
    if (this.#answer === "") return;
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }

  /** Ends a session that has no offer yet; one that has keeps its connection. */
  #unusable(why: string): void {
    log.debug("an offer was not used: {why}", { why });
    this.#events.emit({ type: "bad-offer" });
  }

  #failed(error: unknown): void {
    if (error instanceof OfferError) return this.#unusable(error.message);
    if (error instanceof TrustError) {
      log.debug("an offer was not believed: {why}", { why: error.message });
      // Whoever can slip in an offer is not to end a connection that stands.
      if (this.#offer !== undefined) return;
      return this.#events.emit({ type: "not-authorised", failure: error.failure });
    }
    if (error instanceof ShareError) return this.#events.emit({ type: "refused", reason: error.reason });
    log.error("unexpected: {error}", { error: error instanceof Error ? error.stack : String(error) });
    this.#events.emit({ type: "exception" });
  }

  #candidate(payload: string): void {
    const candidate = parsePayload(CandidatePayload, payload);
    if (candidate === undefined) return log.debug("a candidate that is none was skipped");
    if (this.#offer !== undefined) return this.#answerer.addCandidate(candidate);
    this.#earlyLength += payload.length;
    if (this.#early.length < MAX_EARLY && this.#earlyLength <= MAX_EARLY_LENGTH) this.#early.push(candidate);
  }
}
