import { delay, jittered } from "../../src/signal/backoff.ts";
import type { Balancer } from "./balancer.ts";

/** One message as a side of a session got it. */
export interface Delivery {
  readonly id: number;
  readonly type: string;
  /** The sender's number of it, from 0. */
  readonly sequence: number;
  /** In the milliseconds of `performance.now` at the sender, which is the same process. */
  readonly sentAt: number;
}

/** An instance that ends a stream early is asked again, or another one, after about so long, in milliseconds. */
const RECONNECT_MS = 50;

/** A payload as the drivers send it. */
export function payloadOf(sequence: number, pad: number): string {
  return `${sequence} ${performance.now().toFixed(3)} ${"x".repeat(pad)}`;
}

/** The messages for one side of a session, over as many responses as it takes, each from any instance. */
export class SignalStream {
  #over = false;
  #close = () => {};
  #lastId = 0;

  /** @param take called for each message; whatever comes twice or out of turn is `wrong` */
  constructor(
    readonly balancer: Balancer,
    readonly sessionId: string,
    readonly token: string,
    readonly take: (delivery: Delivery) => void,
    readonly wrong: (what: string) => void,
  ) {}

  /** Resolves when closed, or when the session is gone. */
  async run(): Promise<void> {
    const path = `/api/internal/stream/signal/${this.sessionId}/events`;
    while (!this.#over) {
      try {
        const connection = await this.balancer.connection(true);
        this.#close = () => connection.close();
        if (this.#over) return connection.close();
        const blocks = connection.blocks(path, this.token, this.#lastId);
        for (;;) {
          const { done, value } = await blocks.next();
          if (!done) {
            this.#block(value);
            continue;
          }
          if (value === 404) return;
          if (value !== 200) await this.#pause();
          break;
        }
      } catch {
        if (!this.#over) await this.#pause();
      }
    }
  }

  close(): void {
    this.#over = true;
    this.#close();
  }

  #pause(): Promise<void> {
    return delay(jittered(RECONNECT_MS, 0.5), new AbortController().signal);
  }

  #block(block: string): void {
    const [, id, data] = /^id: (\d+)\nevent: signal\ndata: (.*)$/.exec(block) ?? [];
    if (data === undefined) return;
    if (Number(id) <= this.#lastId) return this.wrong("an id came again, or out of turn");
    this.#lastId = Number(id);
    const { type, payload } = JSON.parse(data);
    const [sequence, sentAt] = String(payload).split(" ");
    this.take({ id: Number(id), type, sequence: Number(sequence), sentAt: Number(sentAt) });
  }
}
