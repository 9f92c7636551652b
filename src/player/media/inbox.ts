/// <reference lib="dom" />
import type { WorkerMessage } from "./messages.ts";

/** The worker's messages in order; a cancel overtakes those that wait. */
export class Inbox {
  #waiting: WorkerMessage[] = [];
  #resolve: ((message: WorkerMessage) => void) | undefined;

  constructor(port: MessagePort, onCancel: () => void) {
    port.onmessage = (event) => {
      const message = event.data as WorkerMessage;
      if (message.type === "cancel") {
        this.#waiting = [];
        onCancel();
      }
      const resolve = this.#resolve;
      this.#resolve = undefined;
      if (resolve) resolve(message);
      else this.#waiting.push(message);
    };
  }

  next(): Promise<WorkerMessage> {
    const message = this.#waiting.shift();
    if (message) return Promise.resolve(message);
    return new Promise((resolve) => this.#resolve = resolve);
  }
}
