import { encodeBare, encodeRangeReq, Status } from "../src/wire/mod.ts";
import type { Arrival, Ask, Seek } from "./receivers/file_receiver.ts";
import type { Receiver, ReceiverKind } from "./receivers/receiver.ts";
import type { SeededFile } from "./seeded_file.ts";
import type { Sender, SenderKind } from "./senders/sender.ts";

/** A transfer below this rate has stopped, in bytes a second. */
const SLOWEST = 1 << 20;

/** So long a transfer may take, in milliseconds. */
export function limitMs(bytes: number): number {
  return 30_000 + 1_000 * bytes / SLOWEST;
}

/** @param streamId above 0, which is HELLO's */
export function ask(streamId: number, offset: number, length: number): Ask {
  return { streamId, request: [...encodeRangeReq(streamId, BigInt(offset), BigInt(length))] };
}

/** Asks for a range in place of the one with the number before. */
export function seek(streamId: number, offset: number, length: number): Seek {
  return { ...ask(streamId, offset, length), cancel: [...encodeBare("CANCEL", streamId - 1)] };
}

/** A sender and its receivers, in processes made for one measurement. */
export class Connection implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  #streamId = 1;

  private constructor(
    readonly sender: Sender,
    readonly receivers: readonly Receiver[],
    readonly file: SeededFile,
    stack: AsyncDisposableStack,
  ) {
    this.#stack = stack;
  }

  /**
   * Starts and connects them, one receiver after the other.
   *
   * @throws {Unavailable} where this machine cannot run one of them
   */
  static async open(
    sending: SenderKind,
    receiving: ReceiverKind,
    file: SeededFile,
    count = 1,
  ): Promise<Connection> {
    await using stack = new AsyncDisposableStack();
    const sender = stack.use(await sending.start(file));
    const receivers: Receiver[] = [];
    for (let i = 0; i < count; i++) {
      const receiver = stack.use(await receiving.start());
      receivers.push(receiver);
      await sender.connect(receiver);
    }
    return new Connection(sender, receivers, file, stack.move());
  }

  /** A number that no range of this connection has had. */
  nextId(): number {
    return this.#streamId++;
  }

  /**
   * Reads as much as the file has without timing, shared among the receivers. V8 is still optimising for the
   * first 40 MiB: until then a byte costs up to twice what it does later, in a program that runs for months.
   */
  async warmUp(): Promise<void> {
    await this.readAll(0, Math.floor(this.file.size / this.receivers.length));
  }

  /**
   * Reads a range with all receivers at once.
   *
   * @throws {Error} when not all of its bytes arrive
   */
  async readAll(offset: number, length: number, digest = false): Promise<Arrival[]> {
    const request = { ...ask(this.nextId(), offset, length), digest };
    const limit = limitMs(length * this.receivers.length);
    const arrivals = Promise.all(this.receivers.map(async (receiver) => {
      const arrival = await receiver.read(request, limit);
      if (arrival.status !== Status.OK) throw new Error(`the range ended with status ${arrival.status}`);
      if (arrival.bytes !== length) throw new Error(`${arrival.bytes} bytes arrived instead of ${length}`);
      return arrival;
    }));
    return await Promise.race([arrivals, this.sender.ended]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
