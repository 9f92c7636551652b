/** What is asked of a sender: a RANGE_REQ as its bytes, and what is wanted of the answer. */
export interface Ask {
  readonly streamId: number;
  readonly request: readonly number[];
  /** Whether to hash what comes; it is held in memory until then. */
  readonly digest?: boolean;
}

/** A seek: a CANCEL of the range before, as its bytes, and what is asked instead. */
export interface Seek extends Ask {
  readonly cancel: readonly number[];
}

/** A range as it arrived. */
export interface Arrival {
  /** Payload of RANGE_DATA. */
  readonly bytes: number;
  /** From the request to RANGE_END. */
  readonly milliseconds: number;
  /** RANGE_END's. */
  readonly status: number;
  /** SHA-256 in hexadecimal, if it was asked for. */
  readonly sha256?: string;
}

export interface SeekArrival {
  /** From CANCEL and RANGE_REQ, sent together, to the first message of the new range. */
  readonly milliseconds: number;
  /** The first 16 bytes of the new range. */
  readonly head: number[];
}

/** The numbers of the frame protocol that a receiver needs. */
export interface Wire {
  readonly headerSize: number;
  readonly rangeData: number;
  readonly rangeEnd: number;
}

/**
 * The receiver's end of a channel, the same in every receiver. Messages are counted and let go.
 *
 * A page is given the text of this class: it names nothing from outside itself but what every JavaScript
 * engine has.
 */
export class FileReceiver {
  readonly #wire: Wire;
  readonly #send: (message: Uint8Array<ArrayBuffer>) => void;
  readonly #opened = Promise.withResolvers<void>();
  #streamId = 0;
  #bytes = 0;
  #parts: Uint8Array[] | undefined;
  /** Called when so many bytes of the range have come. */
  #threshold = Infinity;
  #onthreshold: (message: Uint8Array) => void = () => {};
  #onend: (status: number) => void = () => {};
  #onfailure: (error: Error) => void = () => {};

  constructor(wire: Wire, send: (message: Uint8Array<ArrayBuffer>) => void) {
    this.#wire = wire;
    this.#send = send;
    this.#opened.promise.catch(() => {});
  }

  /** Resolves with the first message, which is HELLO. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Takes a message from the channel. */
  take(message: Uint8Array): void {
    const { headerSize, rangeData, rangeEnd } = this.#wire;
    this.#opened.resolve();
    const streamId = ((message[4]! << 24) | (message[5]! << 16) | (message[6]! << 8) | message[7]!) >>> 0;
    // What was cancelled may still be on its way.
    if (streamId !== this.#streamId || streamId === 0) return;
    if (message[0] === rangeData) {
      this.#bytes += message.byteLength - headerSize;
      this.#parts?.push(message.subarray(headerSize));
      if (this.#bytes >= this.#threshold) {
        this.#threshold = Infinity;
        this.#onthreshold(message);
      }
    } else if (message[0] === rangeEnd) {
      this.#onend(new DataView(message.buffer, message.byteOffset).getUint32(headerSize));
    }
  }

  /** The channel has closed: what is waited for will not come. */
  closed(): void {
    const error = new Error("the channel has closed");
    this.#opened.reject(error);
    this.#onfailure(error);
  }

  async read(ask: Ask): Promise<Arrival> {
    this.#parts = ask.digest ? [] : undefined;
    const began = this.#ask(ask);
    const end = await new Promise<{ status: number; milliseconds: number }>((resolve, reject) => {
      this.#onend = (status) => resolve({ status, milliseconds: performance.now() - began });
      this.#onfailure = reject;
    });
    const arrival = { bytes: this.#bytes, ...end };
    return this.#parts === undefined ? arrival : { ...arrival, sha256: await this.#sha256(this.#parts) };
  }

  async seek(first: Ask, seeks: readonly Seek[], load: number): Promise<SeekArrival[]> {
    const arrivals: SeekArrival[] = [];
    this.#parts = undefined;
    this.#ask(first);
    for (const next of seeks) {
      await this.#until(load, () => {});
      const began = this.#ask(next, next.cancel);
      await this.#until(1, (message) => {
        const { headerSize } = this.#wire;
        const milliseconds = performance.now() - began;
        arrivals.push({ milliseconds, head: [...message.subarray(headerSize, headerSize + 16)] });
      });
    }
    return arrivals;
  }

  /** Sends the request, after what cancels another; answers when. */
  #ask({ streamId, request }: Ask, cancel?: readonly number[]): number {
    this.#streamId = streamId;
    this.#bytes = 0;
    const began = performance.now();
    if (cancel !== undefined) this.#send(Uint8Array.from(cancel));
    this.#send(Uint8Array.from(request));
    return began;
  }

  /** Resolves when so many bytes of the range have come, after `take` had the message that made them so. */
  #until(bytes: number, take: (message: Uint8Array) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onend = (status) => reject(new Error(`the range ended with ${status} before the next seek`));
      this.#onfailure = reject;
      this.#onthreshold = (message) => {
        take(message);
        resolve();
      };
      this.#threshold = bytes;
    });
  }

  async #sha256(parts: readonly Uint8Array[]): Promise<string> {
    const all = new Uint8Array(this.#bytes);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.byteLength;
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
