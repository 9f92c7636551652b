/// <reference lib="dom" />
import { fromPlain } from "../client/plain_error.ts";
import type { PageMessage, WorkerMessage } from "./messages.ts";

/** How often a page that owes an answer is looked for: a closed one never sends it. In milliseconds. */
const PAGE_CHECK_MS = 5_000;

/** The service worker's end of one request's port. */
export class PagePort {
  readonly #port: MessagePort;
  readonly #isPageOpen: () => Promise<boolean>;
  readonly #finish: () => void;
  /** What came before it was asked for; the page says one thing at a time. */
  #early: PageMessage | undefined;
  #deliver: (message: PageMessage) => void = (message) => this.#early = message;
  #finished = false;

  /** @param finish called once, when nothing more will be said over the port */
  constructor(port: MessagePort, isPageOpen: () => Promise<boolean>, finish: () => void) {
    this.#port = port;
    this.#isPageOpen = isPageOpen;
    this.#finish = finish;
    port.onmessage = (event) => this.#deliver(event.data as PageMessage);
  }

  /** The page's next message. Resolves with an `error` where the page is gone or the request cancelled. */
  async reply(): Promise<PageMessage> {
    if (this.#finished) return gone();
    const message = this.#early ?? await new Promise<PageMessage>((resolve) => {
      const check = setInterval(async () => {
        if (!await this.#isPageOpen()) this.#deliver(gone());
      }, PAGE_CHECK_MS);
      this.#deliver = (message) => {
        this.#deliver = (next) => this.#early = next;
        clearInterval(check);
        resolve(message);
      };
    });
    this.#early = undefined;
    if (message.type === "error" || message.type === "end") this.#end();
    return message;
  }

  /** The bytes, one piece for each time the browser has room for it. */
  body(offset: number, length: number): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#send({ type: "read", offset, length });
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        this.#send({ type: "pull" });
        const message = await this.reply();
        if (message.type === "data") controller.enqueue(new Uint8Array(message.bytes));
        else if (message.type === "end") controller.close();
        else if (message.type === "error") controller.error(fromPlain(message.error));
        else controller.error(new TypeError(`unexpected ${message.type}`));
      },
      cancel: () => this.cancel(),
      // One piece ahead: the next is on its way while the browser takes this one.
    }, { highWaterMark: 1 });
  }

  /** Nothing more is wanted of the page. */
  cancel(): void {
    if (this.#finished) return;
    this.#send({ type: "cancel" });
    this.#end();
    this.#deliver(gone());
  }

  #send(message: WorkerMessage): void {
    if (!this.#finished) this.#port.postMessage(message);
  }

  #end(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#port.close();
    this.#finish();
  }
}

function gone(): PageMessage {
  const message = "The page that holds the connection has gone.";
  return { type: "error", error: { type: "closed", message } };
}
