/** The messages for one side of one session, and the streams that read them. Bounded; the oldest are dropped. */
import type { Message } from "./store.ts";
import { Waiters } from "./waiters.ts";

interface Kept {
  readonly data: string;
  readonly bytes: number;
}

const encoder = new TextEncoder();

export class Mailbox {
  /** Released whenever a waiting stream should look again. */
  readonly changed = new Waiters();
  /** Counts the streams opened; only the newest may read. */
  generation = 0;
  /** What its sender called the last message. */
  lastKey: string | undefined;
  #kept: Kept[] = [];
  #firstId = 1;
  #bytes = 0;

  constructor(readonly maxMessages: number, readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get lastId(): number {
    return this.#firstId + this.#kept.length - 1;
  }

  /** Keeps `data` and returns its id. The newest is always kept, the oldest make room for it. */
  put(data: string): number {
    const bytes = encoder.encode(data).byteLength;
    this.#kept.push({ data, bytes });
    this.#bytes += bytes;
    while (this.#kept.length > this.maxMessages || (this.#bytes > this.maxBytes && this.#kept.length > 1)) {
      this.#bytes -= this.#kept.shift()?.bytes ?? 0;
      this.#firstId += 1;
    }
    this.changed.release();
    return this.lastId;
  }

  /** The first message kept with an id above `after`. */
  after(after: number): Message | undefined {
    const index = Math.max(0, after + 1 - this.#firstId);
    const kept = this.#kept[index];
    return kept === undefined ? undefined : { id: this.#firstId + index, data: kept.data };
  }

  /** Drops every message; ids go on where they were. */
  clear(): void {
    this.#firstId = this.lastId + 1;
    this.#kept = [];
    this.#bytes = 0;
  }
}
