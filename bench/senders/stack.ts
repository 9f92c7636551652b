import { Child } from "../child.ts";
import { CONNECT_MS, type Receiver } from "../receivers/receiver.ts";
import type { SeededFile } from "../seeded_file.ts";
import type { StackName } from "../stacks/mod.ts";
import type { Marks } from "./range_sender.ts";
import type { Sender, SenderKind } from "./sender.ts";

class StackSender implements Sender {
  readonly #child: Child;

  constructor(child: Child) {
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get ended(): Promise<never> {
    return this.#child.ended;
  }

  async connect(receiver: Receiver): Promise<void> {
    const offer = await receiver.offer();
    await receiver.setAnswer(await this.#child.call<string>("answer", { offer }, CONNECT_MS));
    await receiver.opened();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** A WebRTC stack that serves the file in a child process; offer and answer pass through the bench. */
export function stackSender(name: StackName, title: string, marks: Marks): SenderKind {
  return {
    name,
    setting: `${title}, ${marks.high >> 10} KiB high and ${marks.low >> 10} KiB low mark`,
    async start({ path }: SeededFile): Promise<Sender> {
      const args = [path, String(marks.high), String(marks.low)];
      return new StackSender(await Child.start(new URL("stack_host.ts", import.meta.url), name, args));
    },
  };
}
