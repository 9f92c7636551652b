import { Child } from "../child.ts";
import type { Candidate } from "../stacks/peer.ts";
import type { StackName } from "../stacks/mod.ts";
import type { Arrival, Ask, Seek, SeekArrival } from "./file_receiver.ts";
import { CONNECT_MS, OPEN_MS, type Receiver, type ReceiverKind } from "./receiver.ts";

class StackReceiver implements Receiver {
  readonly #child: Child;

  constructor(child: Child) {
    this.#child = child;
  }

  offer(): Promise<string> {
    return this.#child.call("offer", {}, CONNECT_MS);
  }

  async setAnswer(sdp: string): Promise<void> {
    await this.#child.call("setAnswer", { sdp }, CONNECT_MS);
  }

  async addCandidate(candidate: Candidate): Promise<void> {
    await this.#child.call("addCandidate", { candidate }, CONNECT_MS);
  }

  async opened(): Promise<void> {
    await this.#child.call("opened", {}, OPEN_MS);
  }

  read(ask: Ask, ms: number): Promise<Arrival> {
    return this.#child.call("read", { ask }, ms);
  }

  seek(first: Ask, seeks: readonly Seek[], load: number, ms: number): Promise<SeekArrival[]> {
    return this.#child.call("seek", { first, seeks, load }, ms);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** A WebRTC stack that receives in a child process. */
export function stackReceiver(name: StackName): ReceiverKind {
  return {
    name,
    start: async () => new StackReceiver(await Child.start(new URL("stack_host.ts", import.meta.url), name)),
  };
}
