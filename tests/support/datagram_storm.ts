import type { Seen } from "./hostile_datagrams.ts";

export interface StormOptions {
  readonly target: Deno.NetAddr;
  /** Datagrams in all. */
  readonly count: number;
  /** Datagrams in a second. */
  readonly rate: number;
  readonly seed: number;
  readonly seen: Seen;
  /** So many different ones are made before the first is sent; each is made when it goes where left out. */
  readonly prepared?: number;
}

/** Strangers that send hostile datagrams from many addresses, in a thread of their own. */
export class Storm implements Disposable {
  readonly #worker = new Worker(new URL("./datagram_storm_host.ts", import.meta.url).href, {
    type: "module",
  });

  /** Sends; one at a time. @returns how many have gone */
  send(options: StormOptions): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      this.#worker.postMessage(options);
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
