/** An address of the peer, as one local socket sees it. */
export class Source {
  /** Datagrams and STUN messages that were taken from it. */
  heard = 0;
  /** When it last answered a check, in milliseconds. */
  answeredAt = -Infinity;
  /** When it last nominated its pair, in milliseconds. */
  nominatedAt = -Infinity;
  /** The generation it was last verified in. */
  generation: number;

  constructor(readonly host: string, readonly port: number, generation: number) {
    this.generation = generation;
  }

  /** Whether it has answered a check of this side: with that socket it is a valid pair (RFC 8445, 7.2.5.3). */
  get valid(): boolean {
    return this.answeredAt !== -Infinity;
  }
}

/** The addresses that have passed a verified check at one local socket. */
export class Sources {
  readonly #sources: Source[] = [];
  /** The one that data came from last: the next one does too, nearly always. */
  #last: Source | undefined;

  get count(): number {
    return this.#sources.length;
  }

  find(host: string, port: number): Source | undefined {
    for (const source of this.#sources) {
      if (source.port === port && source.host === host) return source;
    }
    return undefined;
  }

  /** The source at an address; made where there is none. */
  learn(host: string, port: number, generation: number): Source {
    let source = this.find(host, port);
    if (source === undefined) this.#sources.push(source = new Source(host, port, generation));
    source.generation = generation;
    return source;
  }

  /** Whether data from an address is the peer's; asked for each datagram. */
  accepts(host: string, port: number): boolean {
    let source = this.#last;
    if (source === undefined || source.port !== port || source.host !== host) {
      source = this.find(host, port);
      if (source === undefined || !source.valid) return false;
      this.#last = source;
    }
    source.heard++;
    return true;
  }

  /** Forgets what was not verified in `generation` or later. */
  forgetBefore(generation: number): void {
    const kept = this.#sources.filter((source) => source.generation >= generation);
    this.#sources.splice(0, Infinity, ...kept);
    if (this.#last !== undefined && !kept.includes(this.#last)) this.#last = undefined;
  }
}
