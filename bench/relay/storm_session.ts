import type { Balancer } from "./balancer.ts";
import { type Delivery, payloadOf, SignalStream } from "./signal_stream.ts";

/** What one side sends: its description, and candidates after it. */
const CANDIDATES = 3;
const MESSAGES = 1 + CANDIDATES;

/** Sizes of a description and of a candidate, in bytes. */
const DESCRIPTION = 1_500;
const CANDIDATE = 120;

/** How a storm went, counted as it goes. */
export class StormCounts {
  /** Milliseconds from the viewer's request to the agent's knowledge of its session. */
  readonly known: number[] = [];
  /** From the posting of an offer, of an answer, to its arrival at the other side. */
  readonly offer: number[] = [];
  readonly answer: number[] = [];
  /** From the posting of the offer to the arrival of the answer. */
  readonly offerToAnswer: number[] = [];
  messages = 0;
  /** Requests that broke off and were sent again: whether they had been served is not known. */
  resent = 0;
  /** Messages that came twice since their sender had to send them again. */
  repeated = 0;
  completed = 0;
  readonly failures: Record<string, number> = {};

  fail(what: string): void {
    this.failures[what] = (this.failures[what] ?? 0) + 1;
  }
}

/** One side of a session: sends its messages in order, and takes the other side's. */
export class StormSide {
  readonly stream: SignalStream;
  /** Resolves when all of the other side's messages have come. */
  readonly complete: Promise<void>;
  /** When its description was handed to the relay, in milliseconds. */
  describedAt = 0;
  /** Messages that the relay said it has. */
  kept = 0;
  /** Numbers of those that were sent more than once. */
  readonly resent = new Set<number>();
  readonly #got = new Set<number>();
  #completed: () => void = () => {};

  /** @param first called when the other side's description is here */
  constructor(
    readonly balancer: Balancer,
    readonly sessionId: string,
    readonly token: string,
    readonly from: "agent" | "browser",
    readonly counts: StormCounts,
    readonly other: () => StormSide | undefined,
    readonly first: (delivery: Delivery) => void,
  ) {
    this.complete = new Promise((resolve) => this.#completed = resolve);
    this.stream = new SignalStream(
      balancer,
      sessionId,
      token,
      (delivery) => this.#take(delivery),
      (what) => counts.fail(what),
    );
  }

  get got(): number {
    return this.#got.size;
  }

  /** Posts the description and the candidates, one after the other, each until it is kept. */
  async send(): Promise<void> {
    this.describedAt = performance.now();
    for (let sequence = 0; sequence < MESSAGES; sequence++) {
      const type = sequence > 0 ? "candidate" : this.from === "agent" ? "answer" : "offer";
      const payload = payloadOf(sequence, sequence > 0 ? CANDIDATE : DESCRIPTION);
      const idempotencyKey = `${this.from}-${sequence}`;
      if (!await this.#post({ from: this.from, type, payload, idempotencyKey }, sequence)) return;
    }
  }

  async #post(message: unknown, sequence: number): Promise<boolean> {
    const path = `/api/internal/stream/signal/${this.sessionId}`;
    for (let attempt = 0; attempt < 20; attempt++) {
      const answer = await this.balancer.call("POST", path, this.token, message, () => {
        this.counts.resent++;
        this.resent.add(sequence);
      });
      if (answer.status === 200) {
        this.kept++;
        return true;
      }
      if (answer.status < 500 && answer.status !== 429) {
        this.counts.fail(`a message was refused with ${answer.status}`);
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(answer.retryAfterMs ?? 200, 1_000)));
    }
    this.counts.fail("a message was never taken");
    return false;
  }

  #take(delivery: Delivery): void {
    const { sequence, sentAt } = delivery;
    if (this.#got.has(sequence)) {
      if (this.other()?.resent.has(sequence)) this.counts.repeated++;
      else if (this.other() !== undefined) this.counts.fail("a message was doubled");
      return;
    }
    if (sequence !== this.#got.size) this.counts.fail("a message came out of turn");
    this.#got.add(sequence);
    this.counts.messages++;
    if (sequence === 0) {
      const list = this.from === "agent" ? this.counts.offer : this.counts.answer;
      list.push(performance.now() - sentAt);
      this.first(delivery);
    }
    if (this.#got.size === MESSAGES) this.#completed();
  }
}
