import { type Answerer, OfferError } from "../rtc/answerer.ts";
import { CandidatePayload, DescriptionPayload, type Envelope, parsePayload } from "../signal/envelope.ts";
import type { SignalLink } from "../signal/link.ts";
import { log } from "./log.ts";
import type { SessionEvent } from "./session_machine.ts";

/** Candidates kept until the offer is there: how many, and UTF-16 code units of them in all. */
const MAX_EARLY = 64;
const MAX_EARLY_LENGTH = 65_536;

/** Messages that may wait while an answer is made. */
const MAX_INBOX = 256;

/** The same answer is posted again at most this often, in milliseconds. */
const REPOST_MS = 1_000;

/**
 * Offers, answers and candidates of one session, one message after the other: candidates from before
 * the offer are kept for it, a repeated offer gets the same answer, a new one restarts ICE.
 */
export class Negotiation {
  readonly #link: SignalLink;
  readonly #answerer: Answerer;
  readonly #emit: (event: SessionEvent) => void;
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

  constructor(link: SignalLink, answerer: Answerer, emit: (event: SessionEvent) => void) {
    this.#link = link;
    this.#answerer = answerer;
    this.#emit = emit;
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
    if (envelope.type === "bye") return this.#emit({ type: "bye" });
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
      const sdp = await this.#answerer.accept(description.sdp);
      if (this.#closed) return;
      this.#answer = JSON.stringify({ type: "answer", sdp });
      this.#offer = description.sdp;
    } catch (error) {
      this.#release();
      if (error instanceof OfferError) return this.#unusable(error.message);
      log.error("unexpected: {error}", { error: error instanceof Error ? error.stack : String(error) });
      return this.#emit({ type: "exception" });
    }
    this.#emit({ type: "answered" });
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
    this.#emit({ type: "bad-offer" });
  }

  #candidate(payload: string): void {
    const candidate = parsePayload(CandidatePayload, payload);
    if (candidate === undefined) return log.debug("a candidate that is none was skipped");
    if (this.#offer !== undefined) return this.#answerer.addCandidate(candidate);
    this.#earlyLength += payload.length;
    if (this.#early.length < MAX_EARLY && this.#earlyLength <= MAX_EARLY_LENGTH) this.#early.push(candidate);
  }
}
