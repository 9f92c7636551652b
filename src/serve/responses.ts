/** Responses in progress at a time on one channel. */
export const MAX_RESPONSES = 4;

/** Requests that may wait for one of them. */
export const MAX_WAITING = 64;

/** The longest wait, in milliseconds. */
export const MAX_WAIT_MS = 5_000;

const OFFSET_END = 1n << 63n;

/** A request that is served or waits to be. */
export interface Response {
  readonly streamId: number;
  /** First byte, and how many; both inside the file. */
  readonly offset: number;
  readonly want: number;
  /** When it was asked for, in milliseconds. */
  readonly askedAt: number;
}

/** What a request led to. `stopped` is a response with the same id that ended because of it. */
export type Outcome =
  | { readonly type: "started"; readonly response: Response }
  | { readonly type: "waiting" }
  | { readonly type: "busy" }
  | { readonly type: "out-of-range" }
  | { readonly type: "duplicate"; readonly stopped: Response };

/**
 * The part of a request that a file of `size` bytes can serve, or undefined where its start is outside.
 * A length of 0, one of 2⁶³ or more, or one past the end means to the end.
 */
export function clampRange(
  size: number,
  offset: bigint,
  length: bigint,
): { offset: number; want: number } | undefined {
  if (offset >= OFFSET_END || offset >= BigInt(size)) return undefined;
  const left = size - Number(offset);
  const want = length === 0n || length > BigInt(left) ? left : Number(length);
  return { offset: Number(offset), want };
}

/**
 * Which requests of a channel are served, which wait, and whose turn it is. Holds no bytes and reads no
 * clock; every wait and list is bounded.
 */
export class Responses {
  /** In the order in which they take their turns; the next one first. */
  readonly #active: Response[] = [];
  readonly #waiting: Response[] = [];

  constructor(readonly size: number) {}

  get active(): readonly Response[] {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** @param now milliseconds */
  request(streamId: number, offset: bigint, length: bigint, now: number): Outcome {
    const stopped = this.cancel(streamId);
    if (stopped !== undefined) return { type: "duplicate", stopped };
    const range = clampRange(this.size, offset, length);
    if (range === undefined) return { type: "out-of-range" };
    const response: Response = { streamId, ...range, askedAt: now };
    if (this.#active.length < MAX_RESPONSES && this.#waiting.length === 0) {
      this.#active.push(response);
      return { type: "started", response };
    }
    if (this.#waiting.length >= MAX_WAITING) return { type: "busy" };
    this.#waiting.push(response);
    return { type: "waiting" };
  }

  /** Takes a response out, served or waiting; undefined where there is none with that id. */
  cancel(streamId: number): Response | undefined {
    for (const list of [this.#active, this.#waiting]) {
      const index = list.findIndex((response) => response.streamId === streamId);
      if (index >= 0) return list.splice(index, 1)[0];
    }
    return undefined;
  }

  /** The waiting response that a free slot goes to; undefined where none is free or none waits. */
  promote(): Response | undefined {
    if (this.#active.length >= MAX_RESPONSES) return undefined;
    const response = this.#waiting.shift();
    if (response !== undefined) this.#active.push(response);
    return response;
  }

  /** Takes out those that have waited too long at `now`, in milliseconds. */
  expire(now: number): Response[] {
    const late = this.#waiting.findIndex(({ askedAt }) => now - askedAt < MAX_WAIT_MS);
    return this.#waiting.splice(0, late < 0 ? this.#waiting.length : late);
  }

  /** When the next wait is over, in milliseconds; undefined where none waits. */
  get deadline(): number | undefined {
    const first = this.#waiting[0];
    return first === undefined ? undefined : first.askedAt + MAX_WAIT_MS;
  }

  /** The first in turn for which `ready` holds; it takes its next turn after all others. */
  turn(ready: (response: Response) => boolean): Response | undefined {
    const index = this.#active.findIndex(ready);
    if (index < 0) return undefined;
    const [response] = this.#active.splice(index, 1);
    this.#active.push(response!);
    return response;
  }

  clear(): void {
    this.#active.length = 0;
    this.#waiting.length = 0;
  }
}
